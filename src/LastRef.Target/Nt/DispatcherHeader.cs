namespace LastRef.Nt;

/// <summary>The start of every object that a thread can wait for.</summary>
/// <remarks>Fact: public symbols; KOBJECTS names the types.</remarks>
[NtView("_DISPATCHER_HEADER")]
public readonly partial struct DispatcherHeader(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial DispatcherType Type { get; }

    /// <summary>Overlays the timer's control flags and a thread's.</summary>
    [Field(Writable = true)] public partial byte Signalling { get; }

    /// <summary>In 32-bit words.</summary>
    [Field(Writable = true)] public partial byte Size { get; }

    [Field(Writable = true)] public partial int SignalState { get; }

    [Field] public partial ListEntry WaitListHead { get; }
}

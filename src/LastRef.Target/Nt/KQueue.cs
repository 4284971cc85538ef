namespace LastRef.Nt;

/// <summary>A queue object.</summary>
/// <remarks>Fact: KQUEUE, WDK reference.</remarks>
[NtView("_KQUEUE")]
public readonly partial struct KQueue(Target target, VirtualAddress address)
{
    [Field] public partial DispatcherHeader Header { get; }

    [Field] public partial ListEntry EntryListHead { get; }

    [Field(Writable = true)] public partial uint CurrentCount { get; }

    [Field(Writable = true)] public partial uint MaximumCount { get; }

    [Field] public partial ListEntry ThreadListHead { get; }
}

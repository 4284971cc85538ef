namespace LastRef.Nt;

/// <summary>A device's once-a-second timer.</summary>
/// <remarks>Spec: U-1.43.</remarks>
[NtView("_IO_TIMER")]
public readonly partial struct IoTimer(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial short Type { get; }

    [Field(Writable = true)] public partial short TimerFlag { get; }

    [Field] public partial ListEntry TimerList { get; }

    [Field(Writable = true)] public partial VirtualAddress TimerRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }

    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }
}

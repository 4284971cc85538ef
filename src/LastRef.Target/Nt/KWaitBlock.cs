namespace LastRef.Nt;

/// <summary>A thread's wait for one object.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KWAIT_BLOCK")]
public readonly partial struct KWaitBlock(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry WaitListEntry { get; }

    [Field(Writable = true)] public partial KThread? Thread { get; }

    [Field(Writable = true)] public partial VirtualAddress Object { get; }

    [Field(Writable = true)] public partial ushort WaitKey { get; }

    [Field(Writable = true)] public partial byte WaitType { get; }
}

namespace LastRef.Nt;

/// <summary>The scheduler's part of a process.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KPROCESS")]
public readonly partial struct KProcess(Target target, VirtualAddress address)
{
    [Field] public partial DispatcherHeader Header { get; }

    [Field(Writable = true)] public partial ulong DirectoryTableBase { get; }

    [Field] public partial ListEntry ThreadListHead { get; }

    [Field(Writable = true)] public partial sbyte BasePriority { get; }
}

namespace LastRef.Nt;

/// <summary>An asynchronous procedure call.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KAPC")]
public readonly partial struct KApc(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial DispatcherType Type { get; }

    [Field(Writable = true)] public partial byte Size { get; }

    [Field(Writable = true)] public partial KThread? Thread { get; }

    [Field] public partial ListEntry ApcListEntry { get; }

    [Field(Writable = true)] public partial VirtualAddress KernelRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress RundownRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress NormalRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress NormalContext { get; }

    [Field(Writable = true)] public partial VirtualAddress SystemArgument1 { get; }

    [Field(Writable = true)] public partial VirtualAddress SystemArgument2 { get; }

    [Field(Writable = true)] public partial sbyte ApcStateIndex { get; }

    [Field(Writable = true)] public partial sbyte ApcMode { get; }

    [Field(Writable = true)] public partial NtBoolean Inserted { get; }
}

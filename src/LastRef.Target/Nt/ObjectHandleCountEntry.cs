namespace LastRef.Nt;

/// <summary>The handles that one process has to an object.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_OBJECT_HANDLE_COUNT_ENTRY")]
public readonly partial struct ObjectHandleCountEntry(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial EProcess? Process { get; }

    [Field(Writable = true, Bits = true)] public partial uint HandleCount { get; }

    [Field(Writable = true, Bits = true)] public partial uint LockCount { get; }
}

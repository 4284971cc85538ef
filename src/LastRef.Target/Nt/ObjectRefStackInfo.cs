namespace LastRef.Nt;

/// <summary>One change of an object's pointer count, as object reference tracing keeps it.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_OBJECT_REF_STACK_INFO")]
public readonly partial struct ObjectRefStackInfo(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint Sequence { get; }

    /// <summary>The stack, and in the top bit whether it took or gave back.</summary>
    [Field(Writable = true)] public partial ushort Index { get; }

    /// <summary>By how much the count changed.</summary>
    [Field(Writable = true)] public partial ushort NumTraces { get; }

    [Field(Writable = true)] public partial uint Tag { get; }
}

namespace LastRef.Nt;

/// <summary>What object reference tracing keeps of one object.</summary>
/// <remarks>Fact: public symbols. The records, _OBJECT_REF_STACK_INFO, follow it side by side.</remarks>
[NtView("_OBJECT_REF_INFO")]
public readonly partial struct ObjectRefInfo(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial VirtualAddress ObjectHeader { get; }

    /// <summary>Next in its bucket.</summary>
    [Field(Writable = true)] public partial VirtualAddress NextRef { get; }

    /// <summary>Records in use.</summary>
    [Field(Writable = true)] public partial ushort NextPos { get; }

    [Field(Writable = true)] public partial ushort MaxStacks { get; }
}

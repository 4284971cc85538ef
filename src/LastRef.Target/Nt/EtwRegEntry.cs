namespace LastRef.Nt;

/// <summary>A registration as a provider of events.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_ETW_REG_ENTRY")]
public readonly partial struct EtwRegEntry(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry RegList { get; }

    [Field(Writable = true)] public partial VirtualAddress GuidEntry { get; }

    [Field(Writable = true)] public partial VirtualAddress Callback { get; }
}

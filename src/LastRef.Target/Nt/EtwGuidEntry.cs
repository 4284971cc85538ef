namespace LastRef.Nt;

/// <summary>A provider, a session or a group of events, by its GUID, with those who registered for it.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_ETW_GUID_ENTRY")]
public readonly partial struct EtwGuidEntry(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry GuidList { get; }

    [Field(Writable = true)] public partial Guid Guid { get; }

    [Field] public partial ListEntry RegListHead { get; }
}

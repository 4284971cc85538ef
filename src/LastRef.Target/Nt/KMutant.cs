namespace LastRef.Nt;

/// <summary>A mutex.</summary>
/// <remarks>Fact: KMUTEX, WDK reference.</remarks>
[NtView("_KMUTANT")]
public readonly partial struct KMutant(Target target, VirtualAddress address)
{
    [Field] public partial DispatcherHeader Header { get; }

    [Field] public partial ListEntry MutantListEntry { get; }

    [Field(Writable = true)] public partial KThread? OwnerThread { get; }

    [Field(Writable = true)] public partial byte ApcDisable { get; }

    /// <summary>Bit 0; the byte is called MutantFlags on builds where it has more of them.</summary>
    [Field("MutantFlags|Abandoned", Writable = true)] public partial byte Abandoned { get; }
}

namespace LastRef.Nt;

/// <summary>One value that RtlQueryRegistryValues shall read.</summary>
/// <remarks>Fact: RtlQueryRegistryValues, WDK reference.</remarks>
[NtView("_RTL_QUERY_REGISTRY_TABLE")]
public readonly partial struct RtlQueryRegistryTable(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial VirtualAddress QueryRoutine { get; }

    [Field(Writable = true)] public partial uint Flags { get; }

    /// <summary>Zero-terminated.</summary>
    [Field(Writable = true)] public partial VirtualAddress Name { get; }

    [Field(Writable = true)] public partial VirtualAddress EntryContext { get; }

    [Field(Writable = true)] public partial uint DefaultType { get; }

    [Field(Writable = true)] public partial VirtualAddress DefaultData { get; }

    [Field(Writable = true)] public partial uint DefaultLength { get; }
}

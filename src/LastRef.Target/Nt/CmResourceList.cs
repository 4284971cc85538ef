namespace LastRef.Nt;

/// <summary>Resources given to a device: full descriptors one after the other.</summary>
/// <remarks>Fact: CM_RESOURCE_LIST, WDK reference. Only the first descriptor lies at a fixed place, each being as long as its partial list.</remarks>
[NtView("_CM_RESOURCE_LIST")]
public readonly partial struct CmResourceList(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint Count { get; }

    /// <summary>Index 0 only.</summary>
    [Field("List")] public partial ViewArray<CmFullResourceDescriptor> FirstDescriptor { get; }
}

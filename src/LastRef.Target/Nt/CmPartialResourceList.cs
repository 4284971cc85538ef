namespace LastRef.Nt;

/// <summary>Single resources.</summary>
/// <remarks>Fact: CM_PARTIAL_RESOURCE_LIST, WDK reference.</remarks>
[NtView("_CM_PARTIAL_RESOURCE_LIST")]
public readonly partial struct CmPartialResourceList(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ushort Version { get; }

    [Field(Writable = true)] public partial ushort Revision { get; }

    [Field(Writable = true)] public partial uint Count { get; }

    [Field] public partial ViewArray<CmPartialResourceDescriptor> PartialDescriptors { get; }
}

namespace LastRef.Nt;

/// <summary>Resources on one bus.</summary>
/// <remarks>Fact: CM_FULL_RESOURCE_DESCRIPTOR, WDK reference.</remarks>
[NtView("_CM_FULL_RESOURCE_DESCRIPTOR")]
public readonly partial struct CmFullResourceDescriptor(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial int InterfaceType { get; }

    [Field(Writable = true)] public partial uint BusNumber { get; }

    [Field] public partial CmPartialResourceList PartialResourceList { get; }
}

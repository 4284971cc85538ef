namespace LastRef.Nt;

/// <summary>The interface through which a bus offers its configuration space.</summary>
/// <remarks>Fact: BUS_INTERFACE_STANDARD, wdm.h.</remarks>
[NtView("_BUS_INTERFACE_STANDARD")]
public readonly partial struct BusInterfaceStandard(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ushort Size { get; }

    [Field(Writable = true)] public partial ushort Version { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }

    [Field(Writable = true)] public partial VirtualAddress InterfaceReference { get; }

    [Field(Writable = true)] public partial VirtualAddress InterfaceDereference { get; }

    [Field(Writable = true)] public partial VirtualAddress TranslateBusAddress { get; }

    [Field(Writable = true)] public partial VirtualAddress GetDmaAdapter { get; }

    [Field(Writable = true)] public partial VirtualAddress SetBusData { get; }

    [Field(Writable = true)] public partial VirtualAddress GetBusData { get; }
}

namespace LastRef.Nt;

/// <summary>What a device interface callback is given.</summary>
/// <remarks>Fact: DEVICE_INTERFACE_CHANGE_NOTIFICATION, wdm.h.</remarks>
[NtView("_DEVICE_INTERFACE_CHANGE_NOTIFICATION")]
public readonly partial struct DeviceInterfaceChangeNotification(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ushort Version { get; }

    [Field(Writable = true)] public partial ushort Size { get; }

    [Field(Writable = true)] public partial Guid Event { get; }

    [Field(Writable = true)] public partial Guid InterfaceClassGuid { get; }

    [Field(Writable = true)] public partial UnicodeString? SymbolicLinkName { get; }
}

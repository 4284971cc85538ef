namespace LastRef.Nt;

/// <summary>What a device can do, as asked by IRP_MN_QUERY_CAPABILITIES.</summary>
/// <remarks>Fact: DEVICE_CAPABILITIES, WDK reference.</remarks>
[NtView("_DEVICE_CAPABILITIES")]
public readonly partial struct DeviceCapabilities(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ushort Size { get; }

    [Field(Writable = true)] public partial ushort Version { get; }

    [Field(Writable = true, Bits = true)] public partial uint LockSupported { get; }

    [Field(Writable = true, Bits = true)] public partial uint EjectSupported { get; }

    [Field(Writable = true, Bits = true)] public partial uint Removable { get; }

    [Field(Writable = true, Bits = true)] public partial uint DockDevice { get; }

    [Field(Writable = true, Bits = true)] public partial uint UniqueID { get; }

    [Field(Writable = true, Bits = true)] public partial uint SilentInstall { get; }

    [Field(Writable = true, Bits = true)] public partial uint RawDeviceOK { get; }

    [Field(Writable = true, Bits = true)] public partial uint SurpriseRemovalOK { get; }

    [Field(Writable = true, Bits = true)] public partial uint WarmEjectSupported { get; }

    [Field("Address", Writable = true)] public partial uint DeviceAddress { get; }

    [Field(Writable = true)] public partial uint UINumber { get; }

    [Field] public partial FieldArray<int> DeviceState { get; }

    [Field(Writable = true)] public partial int SystemWake { get; }

    [Field(Writable = true)] public partial int DeviceWake { get; }

    [Field(Writable = true)] public partial uint D1Latency { get; }

    [Field(Writable = true)] public partial uint D2Latency { get; }

    [Field(Writable = true)] public partial uint D3Latency { get; }
}

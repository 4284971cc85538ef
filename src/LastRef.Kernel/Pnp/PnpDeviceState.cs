namespace LastRef.Kernel;

/// <summary>PNP_DEVICE_STATE, the answer to IRP_MN_QUERY_PNP_DEVICE_STATE (wdm.h; Doc: IRP_MN_QUERY_PNP_DEVICE_STATE).</summary>
[Flags]
internal enum PnpDeviceState : uint
{
    None = 0,
    Disabled = 1,
    DontDisplayInUi = 2,
    Failed = 4,
    Removed = 8,
    ResourceRequirementsChanged = 0x10,
    NotDisableable = 0x20,
    Disconnected = 0x40,
}

namespace LastRef.Nt;

/// <summary>Minor function codes of IRP_MJ_PNP (IRP_MN_*).</summary>
/// <remarks>Fact: wdm.h.</remarks>
public enum PnpMinor : byte
{
    StartDevice = 0x00,
    QueryRemoveDevice = 0x01,
    RemoveDevice = 0x02,
    CancelRemoveDevice = 0x03,
    StopDevice = 0x04,
    QueryStopDevice = 0x05,
    CancelStopDevice = 0x06,
    QueryDeviceRelations = 0x07,
    QueryInterface = 0x08,
    QueryCapabilities = 0x09,
    QueryResources = 0x0A,
    QueryResourceRequirements = 0x0B,
    QueryDeviceText = 0x0C,
    FilterResourceRequirements = 0x0D,
    ReadConfig = 0x0F,
    WriteConfig = 0x10,
    Eject = 0x11,
    SetLock = 0x12,
    QueryId = 0x13,
    QueryPnpDeviceState = 0x14,
    QueryBusInformation = 0x15,
    DeviceUsageNotification = 0x16,
    SurpriseRemoval = 0x17,
    QueryLegacyBusInformation = 0x18,
    DeviceEnumerated = 0x19,
}

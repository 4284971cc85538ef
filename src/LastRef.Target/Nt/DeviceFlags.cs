namespace LastRef.Nt;

/// <summary>DEVICE_OBJECT.Flags (DO_*).</summary>
/// <remarks>Spec: U-1.13.</remarks>
[Flags]
public enum DeviceFlags : uint
{
    None = 0,
    VerifyVolume = 0x00000002,
    BufferedIo = 0x00000004,
    Exclusive = 0x00000008,
    DirectIo = 0x00000010,
    MapIoBuffer = 0x00000020,
    DeviceHasName = 0x00000040,
    DeviceInitializing = 0x00000080,
    SystemBootPartition = 0x00000100,
    LongTermRequests = 0x00000200,
    NeverLastDevice = 0x00000400,
    ShutdownRegistered = 0x00000800,
    BusEnumeratedDevice = 0x00001000,
    PowerPagable = 0x00002000,
    PowerInrush = 0x00004000,
    LowPriorityFilesystem = 0x00010000,
    SupportsTransactions = 0x00040000,
    ForceNeitherIo = 0x00080000,
    VolumeDeviceObject = 0x00100000,
    DeviceToBeReset = 0x04000000,
    DaxVolume = 0x10000000,
}

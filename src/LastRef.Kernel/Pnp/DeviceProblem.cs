namespace LastRef.Kernel;

/// <summary>Problem codes that Device Manager shows (U-5.60; Doc: "Device Manager error messages").</summary>
public enum DeviceProblem
{
    None = 0,
    FailedStart = 10,
    NeedRestart = 14,
    WillBeRemoved = 21,
    Disabled = 22,
    DeviceNotThere = 24,
    FailedInstall = 28,

    /// <summary>The device says that it is disabled in hardware (PNP_DEVICE_DISABLED).</summary>
    HardwareDisabled = 29,
    FailedAdd = 31,
    FailedDriverEntry = 37,
    DriverFailedPriorUnload = 38,
    DriverFailedLoad = 39,
    FailedPostStart = 43,
    Phantom = 45,
    SystemShutdown = 46,
    HeldForEject = 47,
}

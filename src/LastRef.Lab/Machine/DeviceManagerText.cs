using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>What Device Manager says of a problem code (U-5.60; Doc: "Error codes in Device Manager in Windows").</summary>
internal static class DeviceManagerText
{
    public static string Of(DeviceProblem problem) => $"code {(int)problem}, {SentenceOf(problem)}";

    /// <summary>The sentence without the number.</summary>
    public static string SentenceOf(DeviceProblem problem) => problem switch
    {
        DeviceProblem.FailedStart => "the device cannot start",
        DeviceProblem.NeedRestart => "it cannot work properly until the computer is restarted",
        DeviceProblem.WillBeRemoved => "Windows is removing the device",
        DeviceProblem.Disabled => "the device is disabled",
        DeviceProblem.DeviceNotThere => "the device is not present or does not work properly",
        DeviceProblem.FailedInstall => "no driver is installed for it",
        DeviceProblem.HardwareDisabled => "the device is disabled in its firmware",
        DeviceProblem.FailedAdd => "Windows cannot load the drivers that it needs",
        DeviceProblem.FailedDriverEntry => "Windows cannot initialize its driver",
        DeviceProblem.DriverFailedPriorUnload => "a previous instance of its driver is still in memory",
        DeviceProblem.DriverFailedLoad => "its driver cannot be loaded; it may be missing or damaged",
        DeviceProblem.FailedPostStart => "Windows stopped the device because it reported problems",
        DeviceProblem.Phantom => "the device is not connected to the computer",
        DeviceProblem.SystemShutdown => "the system is shutting down",
        DeviceProblem.HeldForEject => "it is prepared for safe removal and still connected",
        _ => "the device works properly",
    };
}

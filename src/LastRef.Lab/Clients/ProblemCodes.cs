using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>Problem codes of Device Manager: their names in cfg.h (U-5.60).</summary>
internal static class ProblemCodes
{
    public static string NameOf(DeviceProblem problem) => (int)problem switch
    {
        10 => "CM_PROB_FAILED_START",
        14 => "CM_PROB_NEED_RESTART",
        21 => "CM_PROB_WILL_BE_REMOVED",
        22 => "CM_PROB_DISABLED",
        24 => "CM_PROB_DEVICE_NOT_THERE",
        29 => "CM_PROB_HARDWARE_DISABLED",
        28 => "CM_PROB_FAILED_INSTALL",
        31 => "CM_PROB_FAILED_ADD",
        37 => "CM_PROB_FAILED_DRIVER_ENTRY",
        38 => "CM_PROB_DRIVER_FAILED_PRIOR_UNLOAD",
        39 => "CM_PROB_DRIVER_FAILED_LOAD",
        43 => "CM_PROB_FAILED_POST_START",
        45 => "CM_PROB_PHANTOM",
        46 => "CM_PROB_SYSTEM_SHUTDOWN",
        47 => "CM_PROB_HELD_FOR_EJECT",
        _ => "",
    };
}

namespace LastRef.Lab;

/// <summary>PNP_VETO_TYPE: names and what they mean (spec 5.6, U-5.50).</summary>
internal static class VetoTypes
{
    public static string NameOf(int type) => type switch
    {
        1 => "PNP_VetoLegacyDevice",
        2 => "PNP_VetoPendingClose",
        3 => "PNP_VetoWindowsApp",
        4 => "PNP_VetoWindowsService",
        5 => "PNP_VetoOutstandingOpen",
        6 => "PNP_VetoDevice",
        7 => "PNP_VetoDriver",
        8 => "PNP_VetoIllegalDeviceRequest",
        9 => "PNP_VetoInsufficientPower",
        10 => "PNP_VetoNonDisableable",
        11 => "PNP_VetoLegacyDriver",
        12 => "PNP_VetoInsufficientRights",
        13 => "PNP_VetoAlreadyRemoved",
        _ => "PNP_VetoTypeUnknown",
    };

    public static string Meaning(int type) => type switch
    {
        1 or 11 => "a driver without PnP stands in the way",
        2 => "a close of the device is not done yet",
        3 => "an application refused",
        4 => "a service refused",
        5 => "the device is still open",
        6 => "a driver of the device failed the query",
        7 => "a driver that had registered for the device refused",
        8 => "the request does not fit the device",
        9 => "there is not enough power",
        10 => "the device cannot be disabled",
        12 => "the rights do not suffice",
        13 => "the device is removed already",
        _ => "no more is known",
    };
}

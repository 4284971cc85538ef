namespace LastRef.Lab;

/// <summary>The closed lists of words that a profile may use.</summary>
internal static class ProfileWords
{
    public static IReadOnlySet<string> Properties { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "$schema", "schema", "deviceId", "hardwareIds", "compatibleIds", "instance", "classGuid", "className", "description", "settleSeconds", "raw", "bus", "parent",
        "position", "function", "filters", "resources", "children", "service", "parameters", "services", "clients", "requests", "serial", "usb", "serviceStopMustWork",
    };

    public static IReadOnlyDictionary<string, ProfileBus> Buses { get; } = new Dictionary<string, ProfileBus>(StringComparer.Ordinal)
    {
        ["internal"] = ProfileBus.Internal,
        ["usb"] = ProfileBus.Usb,
        ["serial"] = ProfileBus.Serial,
        ["disk"] = ProfileBus.Disk,
        ["hid"] = ProfileBus.Hid,
    };

    public static IReadOnlyDictionary<string, ProfilePosition> Positions { get; } = new Dictionary<string, ProfilePosition>(StringComparer.Ordinal)
    {
        ["function"] = ProfilePosition.Function,
        ["lowerFilter"] = ProfilePosition.LowerFilter,
        ["classLowerFilter"] = ProfilePosition.ClassLowerFilter,
        ["upperFilter"] = ProfilePosition.UpperFilter,
        ["classUpperFilter"] = ProfilePosition.ClassUpperFilter,
    };

    /// <summary>SERVICE_BOOT_START to SERVICE_DISABLED (Doc: "HKLM\SYSTEM\CurrentControlSet\Services Registry Tree", Start).</summary>
    public static IReadOnlyDictionary<string, ProfileStart> Starts { get; } = new Dictionary<string, ProfileStart>(StringComparer.Ordinal)
    {
        ["boot"] = ProfileStart.Boot,
        ["system"] = ProfileStart.System,
        ["auto"] = ProfileStart.Auto,
        ["demand"] = ProfileStart.Demand,
        ["disabled"] = ProfileStart.Disabled,
    };

    public static IReadOnlyDictionary<string, ProfileClientKind> ClientKinds { get; } = new Dictionary<string, ProfileClientKind>(StringComparer.Ordinal)
    {
        ["application"] = ProfileClientKind.Application,
        ["service"] = ProfileClientKind.Service,
    };

    public static IReadOnlyDictionary<string, ProfileClientBehaviour> Behaviours { get; } = new Dictionary<string, ProfileClientBehaviour>(StringComparer.Ordinal)
    {
        ["closesOnQueryRemove"] = ProfileClientBehaviour.ClosesOnQueryRemove,
        ["refuses"] = ProfileClientBehaviour.Refuses,
        ["ignores"] = ProfileClientBehaviour.Ignores,
        ["closesLate"] = ProfileClientBehaviour.ClosesLate,
        ["closesThenReopens"] = ProfileClientBehaviour.ClosesThenReopens,
        ["deadlocks"] = ProfileClientBehaviour.Deadlocks,
        ["waitsForThread"] = ProfileClientBehaviour.WaitsForThread,
        ["interfaceOnly"] = ProfileClientBehaviour.InterfaceOnly,
    };

    public static IReadOnlyDictionary<string, ProfileUsbTransfer> Transfers { get; } = new Dictionary<string, ProfileUsbTransfer>(StringComparer.Ordinal)
    {
        ["bulk"] = ProfileUsbTransfer.Bulk,
        ["interrupt"] = ProfileUsbTransfer.Interrupt,
        ["isochronous"] = ProfileUsbTransfer.Isochronous,
    };

    public static IReadOnlyDictionary<string, ProfileUsbRequestType> RequestTypes { get; } = new Dictionary<string, ProfileUsbRequestType>(StringComparer.Ordinal)
    {
        ["vendor"] = ProfileUsbRequestType.Vendor,
        ["class"] = ProfileUsbRequestType.Class,
    };

    public static IReadOnlyDictionary<string, ProfileInterruptTime> InterruptTimes { get; } = new Dictionary<string, ProfileInterruptTime>(StringComparer.Ordinal)
    {
        ["started"] = ProfileInterruptTime.Started,
        ["every"] = ProfileInterruptTime.Every,
        ["unloaded"] = ProfileInterruptTime.Unloaded,
    };

    public static IReadOnlyDictionary<string, ProfileRequestKind> RequestKinds { get; } = new Dictionary<string, ProfileRequestKind>(StringComparer.Ordinal)
    {
        ["control"] = ProfileRequestKind.Control,
        ["read"] = ProfileRequestKind.Read,
        ["write"] = ProfileRequestKind.Write,
    };
}

namespace LastRef;

/// <summary>What user mode is told about a device (U-9.1, U-9.3).</summary>
public enum ClientEvent
{
    QueryRemove,
    QueryRemoveFailed,
    RemovePending,
    RemoveComplete,
    InterfaceArrival,
    InterfaceRemoval,

    /// <summary>An event of a driver's own making (IoReportTargetDeviceChange).</summary>
    Custom,

    InstanceEnumerated,
    InstanceStarted,
    InstanceRemoved,
}

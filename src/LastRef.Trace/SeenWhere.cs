namespace LastRef;

/// <summary>Where a person would see something on Windows.</summary>
public enum SeenWhere
{
    /// <summary>What <c>sc</c> prints; the code is a Win32 error.</summary>
    ServiceControl,

    /// <summary>A device's properties; the code is the problem code.</summary>
    DeviceManager,

    /// <summary>The result of the call that asked for a removal; the code is a CONFIGRET.</summary>
    RemovalCall,

    /// <summary>The system event log; the code is the event's number.</summary>
    SystemLog,

    /// <summary>The set-up log; the code is the veto type.</summary>
    SetupLog,
}

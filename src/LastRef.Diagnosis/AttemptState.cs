namespace LastRef;

/// <summary>How far the attempt to unload came.</summary>
public enum AttemptState
{
    /// <summary>Nobody asked.</summary>
    None,

    /// <summary>Asked and refused.</summary>
    Refused,

    /// <summary>Accepted, and waits.</summary>
    Deferred,

    /// <summary>DriverUnload was entered and has not returned.</summary>
    Running,

    /// <summary>DriverUnload returned.</summary>
    Returned,
}

namespace LastRef;

/// <summary>Where in a driver's unloading a reason bites; each reason belongs to exactly one.</summary>
public enum Phase
{
    /// <summary>The removal of the device, which must precede the attempt, is blocked.</summary>
    P,

    /// <summary>No one attempts.</summary>
    A0,

    /// <summary>The attempt is refused.</summary>
    A1,

    /// <summary>The attempt is deferred.</summary>
    A2,

    /// <summary>The attempt hangs inside DriverUnload or the removal.</summary>
    A3,

    /// <summary>The image is pinned after DriverUnload returned.</summary>
    B,

    /// <summary>The image left too early.</summary>
    C,

    /// <summary>The image left, something else stays.</summary>
    L,
}

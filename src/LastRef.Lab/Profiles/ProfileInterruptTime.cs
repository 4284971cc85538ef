namespace LastRef.Lab;

/// <summary>When the hardware raises an interrupt line.</summary>
public enum ProfileInterruptTime
{
    /// <summary>Once the device, or a driver without one, has started.</summary>
    Started,

    /// <summary>Again and again in virtual time from the start on.</summary>
    Every,

    /// <summary>Once the driver's image has left memory: a line that is still connected then leads into nothing.</summary>
    Unloaded,
}

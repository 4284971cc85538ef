namespace LastRef;

/// <summary>What became of the driver in a scenario, worst first; a run's verdict is its worst scenario's.</summary>
public enum Verdict
{
    /// <summary>The machine stopped with a bug check that the driver or a neighbour caused.</summary>
    Crashed,

    /// <summary>The image is gone while something still points into it.</summary>
    LeftTooEarly,

    /// <summary>An attempt or a removal never returns.</summary>
    Hung,

    /// <summary>DriverUnload returned, the image stays.</summary>
    Resident,

    /// <summary>The attempt was accepted and still waits.</summary>
    Deferred,

    /// <summary>DriverUnload was never called: refused, or nobody asked.</summary>
    NotAttempted,

    /// <summary>LastRef cannot say; what was missing is listed.</summary>
    Inconclusive,

    /// <summary>The image left memory.</summary>
    Unloaded,
}

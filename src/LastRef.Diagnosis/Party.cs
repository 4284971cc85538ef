namespace LastRef;

/// <summary>Whom a finding blames.</summary>
public enum Party
{
    /// <summary>The driver under test.</summary>
    Driver,

    /// <summary>Another driver's image.</summary>
    Neighbour,

    /// <summary>An application or service.</summary>
    Client,

    /// <summary>The system itself, or the hardware.</summary>
    System,
}

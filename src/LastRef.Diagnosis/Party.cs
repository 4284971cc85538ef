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

    /// <summary>A driver that memory alone does not tell: it may be the one under test or another.</summary>
    Unknown,
}

namespace LastRef;

/// <summary>How far the unloading of a driver came.</summary>
public enum UnloadStep
{
    /// <summary>Somebody asked; the attempt was refused with a status (U-3.10 to U-3.17).</summary>
    Refused,

    /// <summary>The attempt was accepted and waits for opens or attachments to go (U-3.19).</summary>
    Deferred,

    /// <summary>DriverUnload was entered (U-3.21).</summary>
    Invoked,

    /// <summary>DriverUnload returned (U-3.23).</summary>
    Returned,

    /// <summary>The driver object was freed (U-3.80).</summary>
    ObjectFreed,

    /// <summary>The image left memory (U-2.30).</summary>
    ImageGone,
}

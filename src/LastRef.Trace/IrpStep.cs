namespace LastRef;

/// <summary>What happened to an I/O request packet.</summary>
public enum IrpStep
{
    /// <summary>Given to a driver's dispatch routine.</summary>
    Sent,

    /// <summary>A dispatch routine returned STATUS_PENDING.</summary>
    Pended,

    /// <summary>IoCompleteRequest was called.</summary>
    Completed,

    /// <summary>IoCancelIrp was called.</summary>
    Cancelled,

    /// <summary>The I/O manager finished with it and freed it.</summary>
    Freed,
}

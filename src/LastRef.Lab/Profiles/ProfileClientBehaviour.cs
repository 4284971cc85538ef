namespace LastRef.Lab;

/// <summary>What a client does when its device is to be removed.</summary>
public enum ProfileClientBehaviour
{
    /// <summary>Keeps its handle.</summary>
    Ignores,

    /// <summary>Closes its handle when it is asked.</summary>
    ClosesOnQueryRemove,

    /// <summary>Answers the question with no.</summary>
    Refuses,

    /// <summary>Closes its handle some time after the removal was asked for.</summary>
    ClosesLate,

    /// <summary>Closes its handle when asked and opens the device again at once.</summary>
    ClosesThenReopens,

    /// <summary>Waits in its notification for something that only the end of the notification brings.</summary>
    Deadlocks,

    /// <summary>Waits in its notification for a thread of its own that ends the registration, which waits for the notification.</summary>
    WaitsForThread,

    /// <summary>Registers for the arrival of interfaces and not for its handle.</summary>
    InterfaceOnly,
}

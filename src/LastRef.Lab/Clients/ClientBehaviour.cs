namespace LastRef.Lab;

/// <summary>What a client of the lab does when the device that it has open is to go (spec section 9).</summary>
internal enum ClientBehaviour
{
    /// <summary>Does not register at all and keeps its handle (U-9.22).</summary>
    Unaware,

    /// <summary>Cancels its requests, closes its handle on query-remove and agrees (U-9.12); opens again when the removal failed (U-9.13).</summary>
    ClosesOnQueryRemove,

    /// <summary>Refuses the query-remove (U-9.12).</summary>
    Refuses,

    /// <summary>Agrees to the query-remove and keeps its handle all the same.</summary>
    Ignores,

    /// <summary>Agrees and closes its handle only some seconds after.</summary>
    ClosesLate,

    /// <summary>Closes its handle, agrees, and opens the device again at once.</summary>
    ClosesThenReopens,

    /// <summary>Ends its own registration in the callback, which waits for that callback to end (U-9.15, R-47).</summary>
    DeadlocksInCallback,

    /// <summary>In the callback it waits for a thread of its own that ends the registration, which waits for the callback (U-9.15, R-47; RC-19).</summary>
    WaitsForThreadInCallback,

    /// <summary>Registered for the interface only, so that no query-remove reaches it (U-9.5).</summary>
    InterfaceOnly,
}

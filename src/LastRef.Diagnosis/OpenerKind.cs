namespace LastRef;

/// <summary>Who is behind an open of a device.</summary>
internal enum OpenerKind
{
    /// <summary>A handle in a process other than System.</summary>
    Client,

    /// <summary>A handle in a process other than System that driver code opened, without asking for a kernel handle (U-6.17).</summary>
    StrayHandle,

    /// <summary>A handle of the System process that another driver opened.</summary>
    KernelHandle,

    /// <summary>Requests that are kept although every handle is closed.</summary>
    KeptRequests,

    /// <summary>The driver under test itself.</summary>
    Itself,

    /// <summary>Another driver.</summary>
    Neighbour,

    /// <summary>Nothing that memory or trace shows.</summary>
    Unknown,
}

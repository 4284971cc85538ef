namespace LastRef;

/// <summary>The kind of a driver, from its traits (U-4.1).</summary>
public enum DriverKind
{
    /// <summary>It did not run far enough.</summary>
    Unknown,

    /// <summary>Makes its devices in DriverEntry, has no AddDevice.</summary>
    Legacy,

    /// <summary>Makes devices only in AddDevice, or while it enumerates children.</summary>
    Pnp,

    /// <summary>PnP with a control device beside its stacks.</summary>
    Hybrid,

    /// <summary>PnP, attaches above another function driver.</summary>
    Filter,

    /// <summary>PnP, enumerates children.</summary>
    Bus,

    /// <summary>A library for other drivers.</summary>
    ExportDriver,
}

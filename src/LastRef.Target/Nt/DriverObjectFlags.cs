namespace LastRef.Nt;

/// <summary>DRIVER_OBJECT.Flags (DRVO_*).</summary>
/// <remarks>Spec: U-1.4, U-1.5.</remarks>
[Flags]
public enum DriverObjectFlags : uint
{
    None = 0,

    /// <summary>Set immediately before DriverUnload is called; never cleared.</summary>
    UnloadInvoked = 0x01,

    /// <summary>The driver is treated as non-PnP.</summary>
    LegacyDriver = 0x02,

    /// <summary>Made by IoCreateDriver or for a kernel component; has no image of its own.</summary>
    BuiltinDriver = 0x04,

    /// <summary>A reinitialisation routine is queued.</summary>
    ReinitRegistered = 0x08,

    /// <summary>DriverEntry succeeded.</summary>
    Initialized = 0x10,

    /// <summary>A boot reinitialisation routine is queued.</summary>
    BootReinitRegistered = 0x20,

    /// <summary>Resources were claimed through the legacy routines.</summary>
    LegacyResources = 0x40,
}

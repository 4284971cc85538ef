namespace LastRef.Nt;

/// <summary>DEVOBJ_EXTENSION.ExtensionFlags (DOE_*).</summary>
/// <remarks>Spec: U-1.14, U-1.15: mask the two top bits off before comparing.</remarks>
[Flags]
public enum DeviceObjectExtensionFlags : uint
{
    None = 0,

    /// <summary>Set by an unload attempt on every device of the driver: no new open, no new attach.</summary>
    UnloadPending = 0x01,

    /// <summary>Set by IoDeleteDevice; freed when the Io count is 0.</summary>
    DeletePending = 0x02,

    /// <summary>Surprise removal or a remove that waits for closes.</summary>
    RemovePending = 0x04,

    /// <summary>IRP_MN_REMOVE_DEVICE is in progress or done.</summary>
    RemoveProcessed = 0x08,

    /// <summary>Before IRP_MN_START_DEVICE has succeeded.</summary>
    StartPending = 0x10,

    /// <summary>Informational.</summary>
    DefaultSdPresent = 0x800,

    /// <summary>A PnP marker; which of the two top bits means which is not known.</summary>
    BottomOfFdoStack = 0x40000000,

    /// <summary>A PnP marker; which of the two top bits means which is not known.</summary>
    DesignatedFdo = 0x80000000,
}

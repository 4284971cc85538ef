namespace LastRef.Lab;

/// <summary>What the device answers that the lab's bus reports.</summary>
public enum ProfileBus
{
    /// <summary>Nothing but what the PnP manager asks.</summary>
    Internal,

    /// <summary>URBs, as <see cref="ProfileUsb"/> describes them.</summary>
    Usb,

    /// <summary>The requests of a serial port.</summary>
    Serial,

    /// <summary>Reads and writes of blocks.</summary>
    Disk,

    /// <summary>The requests that HIDCLASS sends to a minidriver.</summary>
    Hid,
}

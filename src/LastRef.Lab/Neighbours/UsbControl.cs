using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>IOCTL_INTERNAL_USB_* (usbioctl.h).</summary>
internal static class UsbControl
{
    public const uint SubmitUrb = 0x22_0003;
    public const uint ResetPort = 0x22_0007;
    public const uint GetPortStatus = 0x22_0013;
    public const uint EnablePort = 0x22_0017;
    public const uint CyclePort = 0x22_001F;
    public const uint SubmitIdleNotification = 0x22_0027;

    /// <summary>Parameters.Others.Argument1: the URB, or what else the request is about.</summary>
    public static VirtualAddress UrbAddress(this IoStackLocation location) => new(location.Argument1);
}

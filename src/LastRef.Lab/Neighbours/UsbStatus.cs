namespace LastRef.Lab;

/// <summary>USBD_STATUS values (usb.h).</summary>
internal static class UsbStatus
{
    public const uint Success = 0;
    public const uint StallPid = 0xC000_0004;
    public const uint InvalidParameter = 0x8000_0300;
    public const uint InvalidPipeHandle = 0x8000_0600;
    public const uint DeviceGone = 0xC000_7000;
    public const uint Canceled = 0xC001_0000;
}

namespace LastRef.Kernel;

/// <summary>URB_FUNCTION_* (usb.h).</summary>
internal static class UrbFunction
{
    public const ushort SelectConfiguration = 0x00;
    public const ushort SelectInterface = 0x01;
    public const ushort AbortPipe = 0x02;
    public const ushort GetCurrentFrameNumber = 0x07;
    public const ushort ControlTransfer = 0x08;
    public const ushort BulkOrInterruptTransfer = 0x09;
    public const ushort IsochronousTransfer = 0x0A;
    public const ushort GetDescriptorFromDevice = 0x0B;
    public const ushort SetFeatureToDevice = 0x0D;
    public const ushort SetFeatureToInterface = 0x0E;
    public const ushort SetFeatureToEndpoint = 0x0F;
    public const ushort ClearFeatureToDevice = 0x10;
    public const ushort ClearFeatureToInterface = 0x11;
    public const ushort ClearFeatureToEndpoint = 0x12;
    public const ushort GetStatusFromDevice = 0x13;
    public const ushort GetStatusFromInterface = 0x14;
    public const ushort GetStatusFromEndpoint = 0x15;
    public const ushort VendorDevice = 0x17;
    public const ushort VendorInterface = 0x18;
    public const ushort VendorEndpoint = 0x19;
    public const ushort ClassDevice = 0x1A;
    public const ushort ClassInterface = 0x1B;
    public const ushort ClassEndpoint = 0x1C;
    public const ushort ResetPipeAndClearStall = 0x1E;
    public const ushort ClassOther = 0x1F;
    public const ushort VendorOther = 0x20;
    public const ushort GetConfiguration = 0x26;
    public const ushort GetInterface = 0x27;
    public const ushort GetDescriptorFromInterface = 0x28;
    public const ushort ResetPipe = 0x30;
    public const ushort ClearStall = 0x31;
    public const ushort ControlTransferEx = 0x32;
}

namespace LastRef.Kernel;

/// <summary>Where the parts of a URB lie on x64.</summary>
/// <remarks>Fact: _URB_HEADER and the other _URB_* structures, usb.h of the WDK; offsets compared with those that a compiler gives for mingw-w64's usb.h.</remarks>
internal static class UrbLayout
{
    // _URB_HEADER
    public const int Length = 0;
    public const int Function = 2;
    public const int Status = 4;

    // Transfers: bulk, interrupt and control requests share these.
    public const int PipeHandle = 24;
    public const int TransferFlags = 32;
    public const int TransferBytes = 36;
    public const int TransferBuffer = 40;
    public const int TransferMdl = 48;

    // _URB_CONTROL_DESCRIPTOR_REQUEST
    public const int DescriptorIndex = 130;
    public const int DescriptorType = 131;

    // _URB_CONTROL_VENDOR_OR_CLASS_REQUEST
    public const int Request = 129;
    public const int RequestValue = 130;
    public const int RequestIndex = 132;

    // _URB_CONTROL_TRANSFER
    public const int SetupPacket = 128;

    // _URB_SELECT_CONFIGURATION and _URB_SELECT_INTERFACE
    public const int ConfigurationDescriptor = 24;
    public const int ConfigurationHandle = 32;
    public const int SelectConfigurationInterface = 40;
    public const int SelectInterfaceInterface = 32;

    // USBD_INTERFACE_INFORMATION
    public const int InterfaceLength = 0;
    public const int InterfaceNumber = 2;
    public const int InterfaceAlternate = 3;
    public const int InterfaceClass = 4;
    public const int InterfaceHandle = 8;
    public const int InterfacePipeCount = 16;
    public const int InterfacePipes = 24;

    // USBD_PIPE_INFORMATION
    public const int PipeMaximumPacket = 0;
    public const int PipeEndpoint = 2;
    public const int PipeInterval = 3;
    public const int PipeType = 4;
    public const int PipeInformationHandle = 8;
    public const int PipeMaximumTransfer = 16;
    public const int PipeBytes = 24;

    // _URB_GET_CURRENT_FRAME_NUMBER
    public const int FrameNumber = 24;

    /// <summary>Bytes of a USBD_INTERFACE_INFORMATION, as GET_USBD_INTERFACE_SIZE (usb.h) counts them.</summary>
    public static int InterfaceBytes(int pipes) => InterfacePipes + (pipes * PipeBytes);
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>A USB device that answers URBs as its profile says.</summary>
/// <remarks>Doc: "USB Request Blocks", IOCTL_INTERNAL_USB_SUBMIT_URB, WDK reference.</remarks>
internal sealed partial class UsbDevice : BusDevice
{
    /// <summary>GUID_BUS_TYPE_USB (wdmguid.h).</summary>
    public static readonly Guid BusType = new("9d7debbc-c85d-11d1-9eb4-006008c3a19a");

    /// <summary>The device's configuration as handles show it; a handle is a number to a driver.</summary>
    private const ulong HandleBase = 0xFFFF_A000_0000_0000;

    private readonly ProfileUsb _usb;
    private readonly byte[] _device;
    private readonly byte[] _configuration;
    private readonly List<(byte Number, ProfileUsbInterface Interface)> _interfaces;
    private readonly Dictionary<byte, byte> _alternates = [];
    private readonly Dictionary<byte, int> _readsGiven = [];
    private readonly HashSet<ulong> _openPipes = [];

    public UsbDevice(NtKernel kernel, ProfileUsb usb) : base(kernel)
    {
        _usb = usb;
        _device = UsbDescriptors.Device(usb);
        _configuration = UsbDescriptors.Configuration(usb);
        _interfaces = [.. UsbDescriptors.NumbersOf(usb).Zip(usb.Interfaces)];
    }

    private bool IsConfigured { get; set; }

    protected override NtStatus GoneStatus => NtStatus.DeviceNotConnected;

    protected override async GuestTask<NtStatus?> HandleRequest(Irp irp, IoStackLocation location)
    {
        if (location.MajorFunction != IrpMajor.InternalDeviceControl)
            return null;
        switch (location.IoControlCode)
        {
            case UsbControl.SubmitUrb:
                return await Submit(irp, location, location.UrbAddress());
            case UsbControl.GetPortStatus:
                // USBD_PORT_ENABLED and USBD_PORT_CONNECTED.
                Memory.WriteUInt32(location.UrbAddress(), 3);
                return await Complete(irp, NtStatus.Success);
            case UsbControl.ResetPort or UsbControl.CyclePort or UsbControl.EnablePort:
                await FinishKept(_ => true, NtStatus.Cancelled);
                return await Complete(irp, NtStatus.Success);
            case UsbControl.SubmitIdleNotification:
                // The bus calls back when the port may sleep, which nothing here asks for: the request waits.
                return await Keep(irp, location);
            default:
                return null;
        }
    }

    protected override void OnFailed(Irp irp, NtStatus status)
    {
        if (irp.CurrentStackLocation is not { MajorFunction: IrpMajor.InternalDeviceControl, IoControlCode: UsbControl.SubmitUrb } location)
            return;
        var urb = location.UrbAddress();
        Memory.WriteUInt32(urb + UrbLayout.Status, status == NtStatus.Cancelled ? UsbStatus.Canceled : UsbStatus.DeviceGone);
        if (Memory.ReadUInt16(urb + UrbLayout.Function) == UrbFunction.BulkOrInterruptTransfer)
            Memory.WriteUInt32(urb + UrbLayout.TransferBytes, 0);
    }

    private async GuestTask<NtStatus?> Submit(Irp irp, IoStackLocation location, VirtualAddress urb)
    {
        var function = Memory.ReadUInt16(urb + UrbLayout.Function);
        switch (function)
        {
            case UrbFunction.GetDescriptorFromDevice:
                return await Answer(irp, urb, Descriptor(Memory.ReadByte(urb + UrbLayout.DescriptorType), Memory.ReadByte(urb + UrbLayout.DescriptorIndex)));
            case UrbFunction.SelectConfiguration:
                return await Finish(irp, urb, SelectConfiguration(urb));
            case UrbFunction.SelectInterface:
                return await Finish(irp, urb, SelectInterface(urb + UrbLayout.SelectInterfaceInterface));
            case UrbFunction.BulkOrInterruptTransfer:
                return await Transfer(irp, location, urb);
            case UrbFunction.AbortPipe:
                var pipe = Memory.ReadUInt64(urb + UrbLayout.PipeHandle);
                await FinishKept(kept => PipeOf(kept) == pipe, NtStatus.Cancelled);
                return await Finish(irp, urb, _openPipes.Contains(pipe) ? UsbStatus.Success : UsbStatus.InvalidPipeHandle);
            case UrbFunction.ResetPipe or UrbFunction.ResetPipeAndClearStall or UrbFunction.ClearStall:
                return await Finish(
                    irp, urb, _openPipes.Contains(Memory.ReadUInt64(urb + UrbLayout.PipeHandle)) ? UsbStatus.Success : UsbStatus.InvalidPipeHandle);
            case UrbFunction.VendorDevice or UrbFunction.VendorInterface or UrbFunction.VendorEndpoint or UrbFunction.VendorOther:
                return await Control(irp, urb, ProfileUsbRequestType.Vendor);
            case UrbFunction.ClassDevice or UrbFunction.ClassInterface or UrbFunction.ClassEndpoint or UrbFunction.ClassOther:
                return await Control(irp, urb, ProfileUsbRequestType.Class);
            case UrbFunction.ControlTransfer or UrbFunction.ControlTransferEx:
                return await SetupPacket(irp, urb);
            case UrbFunction.GetStatusFromDevice or UrbFunction.GetStatusFromInterface or UrbFunction.GetStatusFromEndpoint:
                return await Answer(irp, urb, [0, 0]);
            case UrbFunction.GetConfiguration:
                return await Answer(irp, urb, [IsConfigured ? (byte)1 : (byte)0]);
            case UrbFunction.GetInterface:
                return await Answer(irp, urb, [_alternates.GetValueOrDefault((byte)Memory.ReadUInt16(urb + UrbLayout.RequestIndex))]);
            case UrbFunction.SetFeatureToDevice or UrbFunction.SetFeatureToInterface or UrbFunction.SetFeatureToEndpoint
                or UrbFunction.ClearFeatureToDevice or UrbFunction.ClearFeatureToInterface or UrbFunction.ClearFeatureToEndpoint:
                return await Finish(irp, urb, UsbStatus.Success);
            case UrbFunction.GetCurrentFrameNumber:
                // A frame is a millisecond.
                Memory.WriteUInt32(urb + UrbLayout.FrameNumber, (uint)(Kernel.Ke.InterruptTime100ns / 10_000));
                return await Finish(irp, urb, UsbStatus.Success);
            default:
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a URB with function 0x{function:X2}");
        }
    }

    private byte[]? Descriptor(byte type, byte index) => type switch
    {
        1 => _device,
        2 when index == 0 => _configuration,
        3 => UsbDescriptors.String(_usb, index),
        _ => null,
    };

    /// <summary>Writes an answer to the URB's buffer; null stalls the request.</summary>
    private async GuestTask<NtStatus?> Answer(Irp irp, VirtualAddress urb, byte[]? answer)
    {
        if (answer is null)
        {
            Memory.WriteUInt32(urb + UrbLayout.TransferBytes, 0);
            return await Finish(irp, urb, UsbStatus.StallPid);
        }

        var bytes = Math.Min((int)Memory.ReadUInt32(urb + UrbLayout.TransferBytes), answer.Length);
        if (bytes > 0)
            Memory.Write(TransferBuffer(urb), answer.AsSpan(0, bytes));
        Memory.WriteUInt32(urb + UrbLayout.TransferBytes, (uint)bytes);
        return await Finish(irp, urb, UsbStatus.Success);
    }

    /// <summary>Completes the request with the NTSTATUS that belongs to a USBD_STATUS.</summary>
    private async GuestTask<NtStatus?> Finish(Irp irp, VirtualAddress urb, uint status)
    {
        Memory.WriteUInt32(urb + UrbLayout.Status, status);
        return await Complete(irp, status switch
        {
            UsbStatus.Success => NtStatus.Success,
            UsbStatus.InvalidPipeHandle or UsbStatus.InvalidParameter => NtStatus.InvalidParameter,
            _ => NtStatus.Unsuccessful,
        });
    }

    private VirtualAddress TransferBuffer(VirtualAddress urb)
    {
        var buffer = Memory.ReadPointer(urb + UrbLayout.TransferBuffer);
        return !buffer.IsNull ? buffer : MapMdl(new Mdl(Memory, Memory.ReadPointer(urb + UrbLayout.TransferMdl)));
    }

    private ulong PipeOf(Irp irp) => irp.CurrentStackLocation is { IoControlCode: UsbControl.SubmitUrb } location
        ? Memory.ReadUInt64(location.UrbAddress() + UrbLayout.PipeHandle)
        : 0;
}

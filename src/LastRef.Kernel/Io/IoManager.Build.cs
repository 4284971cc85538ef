using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Requests that drivers make for other drivers.</summary>
internal sealed partial class IoManager
{
    private const int MethodMask = 3;
    private const int MethodBuffered = 0;
    private const int MethodInDirect = 1;
    private const int MethodNeither = 3;

    /// <summary>A device control request of the running thread; the I/O manager frees it when it is complete.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoBuildDeviceIoControlRequest, WDK reference")]
    internal Irp? IoBuildDeviceIoControlRequest(
        uint ioControlCode, DeviceObject deviceObject, VirtualAddress inputBuffer, uint inputBufferLength, VirtualAddress outputBuffer,
        uint outputBufferLength, NtBoolean internalDeviceIoControl, KEvent? @event, VirtualAddress ioStatusBlock)
    {
        var irp = AllocateIrp(deviceObject.StackSize);
        var location = NextLocation(irp);
        location.SetMajorFunction(Memory, internalDeviceIoControl ? IrpMajor.InternalDeviceControl : IrpMajor.DeviceControl);
        AttachControlBuffers(irp, location, ioControlCode, inputBuffer, inputBufferLength, outputBuffer, outputBufferLength, userMode: false);
        irp.SetUserIosb(Memory, ioStatusBlock);
        irp.SetUserEvent(Memory, @event);
        QueueToThread(irp);
        return irp;
    }

    /// <summary>A read, write, flush, shutdown or PnP request of the running thread, freed by the I/O manager.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoBuildSynchronousFsdRequest, WDK reference")]
    internal Irp? IoBuildSynchronousFsdRequest(
        uint majorFunction, DeviceObject deviceObject, VirtualAddress buffer, uint length, VirtualAddress startingOffset,
        KEvent? @event, VirtualAddress ioStatusBlock)
    {
        var irp = BuildFsdRequest((IrpMajor)majorFunction, deviceObject, buffer, length, startingOffset, ioStatusBlock);
        irp.SetUserEvent(Memory, @event);
        QueueToThread(irp);
        return irp;
    }

    /// <summary>The same for a sender that frees the packet in its completion routine.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoBuildAsynchronousFsdRequest, WDK reference")]
    internal Irp? IoBuildAsynchronousFsdRequest(
        uint majorFunction, DeviceObject deviceObject, VirtualAddress buffer, uint length, VirtualAddress startingOffset,
        VirtualAddress ioStatusBlock) =>
        BuildFsdRequest((IrpMajor)majorFunction, deviceObject, buffer, length, startingOffset, ioStatusBlock);

    /// <summary>A part of a larger request; the last part completes the whole.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoMakeAssociatedIrp, WDK reference")]
    internal Irp? IoMakeAssociatedIrp(Irp irp, sbyte stackSize)
    {
        var part = AllocateIrp(stackSize);
        part.SetFlags(Memory, IrpFlags.AssociatedIrp);
        part.SetMasterIrp(Memory, irp);
        part.SetThread(Memory, irp.Thread);
        return part;
    }

    private Irp BuildFsdRequest(
        IrpMajor major, DeviceObject device, VirtualAddress buffer, uint length, VirtualAddress startingOffset, VirtualAddress statusBlock)
    {
        var irp = AllocateIrp(device.StackSize);
        var location = NextLocation(irp);
        location.SetMajorFunction(Memory, major);
        irp.SetThread(Memory, new EThread(Memory, _kernel.CurrentThread.Address));
        irp.SetUserIosb(Memory, statusBlock);
        if (major is IrpMajor.Read or IrpMajor.Write)
        {
            AttachTransferBuffer(irp, device, major, buffer, length, userMode: false);
            SetTransfer(location, major, length, startingOffset.IsNull ? 0 : (long)Memory.ReadUInt64(startingOffset));
        }

        return irp;
    }

    /// <summary>Makes the system buffer, the MDL or the pointers that a control code's transfer method asks for (Doc: "Buffer Descriptions for I/O Control Codes").</summary>
    private void AttachControlBuffers(
        Irp irp, IoStackLocation location, uint code, VirtualAddress input, uint inputBytes, VirtualAddress output, uint outputBytes, bool userMode)
    {
        location.SetIoControlCode(Memory, code);
        location.SetInputBufferLength(Memory, inputBytes);
        location.SetOutputBufferLength(Memory, outputBytes);
        var method = (int)(code & MethodMask);
        if (method == MethodNeither)
        {
            location.SetType3InputBuffer(Memory, input);
            irp.SetUserBuffer(Memory, output);
            return;
        }

        var bufferBytes = method == MethodBuffered ? Math.Max(inputBytes, outputBytes) : inputBytes;
        if (bufferBytes != 0)
        {
            irp.SetSystemBuffer(Memory, SystemCopy(bufferBytes, input, inputBytes));
            irp.SetFlags(Memory, irp.Flags | IrpFlags.BufferedIo | IrpFlags.DeallocateBuffer);
        }

        if (method == MethodBuffered)
        {
            irp.SetUserBuffer(Memory, output);
            if (outputBytes != 0)
                irp.SetFlags(Memory, irp.Flags | IrpFlags.InputOperation);
        }
        else if (outputBytes != 0)
            AttachMdl(irp, output, outputBytes, method == MethodInDirect ? LockOperation.Read : LockOperation.Write, userMode);
    }

    /// <summary>The buffer of a read or write in the form that the device asks for by its flags (Doc: "Methods for Accessing Data Buffers").</summary>
    private void AttachTransferBuffer(Irp irp, DeviceObject device, IrpMajor major, VirtualAddress buffer, uint length, bool userMode)
    {
        var isRead = major == IrpMajor.Read;
        irp.SetFlags(Memory, irp.Flags | (isRead ? IrpFlags.ReadOperation : IrpFlags.WriteOperation));
        irp.SetUserBuffer(Memory, buffer);
        if ((device.Flags & DeviceFlags.BufferedIo) != 0)
        {
            if (length == 0)
                return;
            irp.SetSystemBuffer(Memory, SystemCopy(length, buffer, isRead ? 0 : length));
            irp.SetFlags(
                Memory, irp.Flags | IrpFlags.BufferedIo | IrpFlags.DeallocateBuffer | (isRead ? IrpFlags.InputOperation : IrpFlags.None));
        }
        else if ((device.Flags & DeviceFlags.DirectIo) != 0 && length != 0)
            AttachMdl(irp, buffer, length, isRead ? LockOperation.Write : LockOperation.Read, userMode);
    }

    private void SetTransfer(IoStackLocation location, IrpMajor major, uint length, long offset)
    {
        if (major == IrpMajor.Read)
        {
            location.SetReadLength(Memory, length);
            location.SetReadByteOffset(Memory, offset);
        }
        else
        {
            location.SetWriteLength(Memory, length);
            location.SetWriteByteOffset(Memory, offset);
        }
    }

    private VirtualAddress SystemCopy(uint byteCount, VirtualAddress source, uint sourceBytes)
    {
        var copy = new byte[sourceBytes];
        Memory.Read(source, copy);
        var buffer = _kernel.Ex.NonPagedPool.Allocate(byteCount, PoolTags.SystemBuffer, null);
        Memory.Write(buffer, copy);
        return buffer;
    }

    private void AttachMdl(Irp irp, VirtualAddress buffer, uint length, LockOperation operation, bool userMode)
    {
        var mdl = _kernel.Mm.CreateMdl(buffer, length);
        try
        {
            _kernel.Mm.ProbeAndLock(mdl, userMode, operation);
        }
        catch (GuestRaisedException)
        {
            // The caller's buffer is bad: the request is not sent and leaves nothing behind.
            IoFreeMdl(mdl);
            throw;
        }

        irp.SetMdlAddress(Memory, mdl);
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>An upper driver as the keyboard's class driver is one: device control requests that it does not know end with it.</summary>
/// <remarks>So a filter below it gets no control requests through the stack (U-4.59). Reads wait, as nobody types.</remarks>
internal sealed class KeyboardClassDriver : ManagedDriver
{
    // IOCTL_KEYBOARD_*: FILE_DEVICE_KEYBOARD, METHOD_BUFFERED (ntddkbd.h).
    private const uint QueryAttributes = 0x0B_0000;
    private const uint SetTypematic = 0x0B_0004;
    private const uint SetIndicators = 0x0B_0008;
    private const uint QueryTypematic = 0x0B_0020;
    private const uint QueryIndicators = 0x0B_0040;

    private readonly List<(DeviceObject Device, Irp Irp)> _reads = [];
    private readonly VirtualAddress _cancel;

    public KeyboardClassDriver(NtKernel kernel) : base(kernel, LabDrivers.KeyboardClass) => _cancel = kernel.Internal.Define(OnCancel);

    protected override async GuestTask<NtStatus> OnRequest(DeviceObject device, Irp irp, IoStackLocation location)
    {
        switch (location.MajorFunction)
        {
            case IrpMajor.Create or IrpMajor.Close:
                return await PassDown(device, irp);
            case IrpMajor.Cleanup:
                await FinishReads(device, location.FileObject);
                return await PassDown(device, irp);
            case IrpMajor.Read:
                return await KeepRead(device, irp, location);
            case IrpMajor.DeviceControl when location.IoControlCode is not (QueryAttributes or SetTypematic or SetIndicators or QueryTypematic or QueryIndicators):
                return await Complete(irp, NtStatus.InvalidDeviceRequest);
            default:
                return await PassDown(device, irp);
        }
    }

    protected override async GuestTask<NtStatus> OnPnp(DeviceObject device, Irp irp, IoStackLocation location)
    {
        if ((PnpMinor)location.MinorFunction is PnpMinor.RemoveDevice or PnpMinor.SurpriseRemoval)
            await FinishReads(device, null);
        return await base.OnPnp(device, irp, location);
    }

    private async GuestTask<NtStatus> KeepRead(DeviceObject device, Irp irp, IoStackLocation location)
    {
        location.SetControl(Memory, location.Control | StackLocationControl.PendingReturned);
        if (irp.Cancel)
        {
            await Complete(irp, NtStatus.Cancelled);
            return NtStatus.Pending;
        }

        irp.SetCancelRoutine(Memory, _cancel);
        _reads.Add((device, irp));
        return NtStatus.Pending;
    }

    /// <param name="file">Whose reads; null for all of the device.</param>
    private async GuestTask FinishReads(DeviceObject device, FileObject? file)
    {
        foreach (var read in _reads.Where(r => r.Device.Address == device.Address).ToArray())
        {
            if ((file is { } one && read.Irp.CurrentStackLocation?.FileObject?.Address != one.Address) || !_reads.Remove(read))
                continue;
            read.Irp.SetCancelRoutine(Memory, VirtualAddress.Null);
            await Complete(read.Irp, NtStatus.Cancelled);
        }
    }

    private async GuestTask<ulong> OnCancel(ulong[] arguments)
    {
        var irp = new Irp(Memory, new VirtualAddress(arguments[1]));
        Kernel.Io.IoReleaseCancelSpinLock(irp.CancelIrql);
        if (_reads.RemoveAll(r => r.Irp.Address == irp.Address) > 0)
            await Complete(irp, NtStatus.Cancelled);
        return 0;
    }
}

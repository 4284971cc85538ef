using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>The keyboard and the mouse of a desktop: the class drivers with their devices, which filters look for by name.</summary>
/// <remarks>
/// Doc: "Keyboard and Mouse Class Drivers", WDK. The devices come to be when somebody first asks for one of the names. Nobody types: a read waits until it
/// is cancelled or its file is closed. The stacks below them (port driver, PDO) the lab does not have, and control requests stop the run.
/// </remarks>
internal sealed class DesktopInput
{
    private readonly NtKernel _kernel;
    private readonly VirtualAddress _cancel;
    private readonly List<Irp> _reads = [];

    private DesktopInput(NtKernel kernel)
    {
        _kernel = kernel;
        _cancel = kernel.Internal.Define(OnCancel);
        Make(@"\Driver\kbdclass", @"\Device\KeyboardClass0", DeviceType.Keyboard);
        Make(@"\Driver\mouclass", @"\Device\PointerClass0", DeviceType.Mouse);
    }

    private MutableTarget Memory => _kernel.Memory;

    /// <summary>Puts the names into a machine.</summary>
    public static void Offer(NtKernel kernel) =>
        kernel.Ob.Offer([@"\Driver\kbdclass", @"\Device\KeyboardClass0", @"\Driver\mouclass", @"\Device\PointerClass0"], () => _ = new DesktopInput(kernel));

    private void Make(string driverName, string deviceName, DeviceType type)
    {
        var driver = LabDrivers.Now(_kernel.Io.CreateManagedDriver(driverName, Dispatch));
        _kernel.Images.GiveWindowsModule(driver, driverName[(driverName.LastIndexOf('\\') + 1)..] + ".sys");
        var (status, made) = LabDrivers.Now(_kernel.Io.CreateDevice(driver, 0, deviceName, type, 0, exclusive: false));
        var device = made ?? throw new InvariantException($"{deviceName} could not be made: {status}.");
        device.SetFlags(Memory, (device.Flags | DeviceFlags.BufferedIo | DeviceFlags.PowerPagable) & ~DeviceFlags.DeviceInitializing);
    }

    private async GuestTask<NtStatus> Dispatch(DeviceObject device, Irp irp)
    {
        var location = irp.CurrentStackLocation ?? throw new InvariantException("A request has no stack location.");
        switch (location.MajorFunction)
        {
            case IrpMajor.Create or IrpMajor.Close:
                return await _kernel.Io.Complete(irp, NtStatus.Success, 0);
            case IrpMajor.Cleanup:
                await FinishReads(location.FileObject);
                return await _kernel.Io.Complete(irp, NtStatus.Success, 0);
            case IrpMajor.Read:
                return await KeepRead(irp, location);
            case IrpMajor.DeviceControl or IrpMajor.InternalDeviceControl:
                throw MachineStopException.Unsupported(
                    UnsupportedKind.Case, $"control code 0x{location.IoControlCode:x} of {_kernel.Ob.NameOf(device.Address)}");
            default:
                return await _kernel.Io.CompleteInvalidRequest(irp);
        }
    }

    private async GuestTask<NtStatus> KeepRead(Irp irp, IoStackLocation location)
    {
        location.SetControl(Memory, location.Control | StackLocationControl.PendingReturned);
        if (irp.Cancel)
        {
            await _kernel.Io.Complete(irp, NtStatus.Cancelled, 0);
            return NtStatus.Pending;
        }

        irp.SetCancelRoutine(Memory, _cancel);
        _reads.Add(irp);
        return NtStatus.Pending;
    }

    private async GuestTask FinishReads(FileObject? file)
    {
        foreach (var read in _reads.Where(r => r.CurrentStackLocation?.FileObject?.Address == file?.Address).ToArray())
        {
            _reads.Remove(read);
            read.SetCancelRoutine(Memory, VirtualAddress.Null);
            await _kernel.Io.Complete(read, NtStatus.Cancelled, 0);
        }
    }

    private async GuestTask<ulong> OnCancel(ulong[] arguments)
    {
        var irp = new Irp(Memory, new VirtualAddress(arguments[1]));
        _kernel.Io.IoReleaseCancelSpinLock(irp.CancelIrql);
        if (_reads.RemoveAll(r => r.Address == irp.Address) > 0)
            await _kernel.Io.Complete(irp, NtStatus.Cancelled, 0);
        return 0;
    }
}

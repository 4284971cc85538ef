using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>A filter driver that passes everything down and leaves as U-5.83 says.</summary>
internal sealed class LabFilter(NtKernel kernel)
{
    private DriverObject? _driver;

    private MutableTarget Memory => kernel.Memory;

    public async GuestTask Initialize() => _driver = await kernel.Io.CreateManagedDriver(@"\Driver\LastRefFilter", Dispatch);

    /// <summary>Makes a device and attaches it to the top of a stack.</summary>
    public async GuestTask<(NtStatus Status, DeviceObject? Device)> Attach(DeviceObject target)
    {
        var driver = _driver ?? throw new InvariantException("The lab's filter has no driver object.");
        var (status, device) = await kernel.Io.CreateDevice(driver, 0, null, target.DeviceType, 0, exclusive: false);
        if (device is not { } filter)
            return (status, null);
        if (kernel.Io.IoAttachDeviceToDeviceStack(filter, target) is null)
        {
            await kernel.Io.IoDeleteDevice(filter);
            return (NtStatus.NoSuchDevice, null);
        }

        filter.SetFlags(Memory, (filter.Flags | (target.Flags & (DeviceFlags.BufferedIo | DeviceFlags.DirectIo | DeviceFlags.PowerPagable))) & ~DeviceFlags.DeviceInitializing);
        return (NtStatus.Success, filter);
    }

    public static bool IsAttached(NtKernel kernel, DeviceObject filter) =>
        kernel.Ob.KindOf(filter.Address) == ObjectKind.Device && kernel.Ob.HeaderOf(filter.Address).PointerCount > 0
        && PnpManager.ExtensionOf(filter).AttachedTo is not null;

    public static async GuestTask Remove(NtKernel kernel, DeviceObject filter)
    {
        if (PnpManager.ExtensionOf(filter).AttachedTo is { } below)
            await kernel.Io.IoDetachDevice(below);
        await kernel.Io.IoDeleteDevice(filter);
    }

    private async GuestTask<NtStatus> Dispatch(DeviceObject device, Irp irp)
    {
        var location = irp.CurrentStackLocation ?? throw new InvariantException("A request has no stack location.");
        if (PnpManager.ExtensionOf(device).AttachedTo is not { } below)
            return await kernel.Io.Complete(irp, NtStatus.NoSuchDevice, 0);
        var isRemove = location.MajorFunction == IrpMajor.Pnp && (PnpMinor)location.MinorFunction == PnpMinor.RemoveDevice;

        // IoSkipCurrentIrpStackLocation (driver-binaries section 4).
        irp.SetCurrentLocation(Memory, (sbyte)(irp.CurrentLocation + 1));
        irp.SetCurrentStackLocation(Memory, new IoStackLocation(Memory, location.Address + IoStackLocation.SizeOf(Memory.Layout)));
        var status = await kernel.Io.IofCallDriver(below, irp);
        if (isRemove)
            await Remove(kernel, device);
        return status;
    }
}

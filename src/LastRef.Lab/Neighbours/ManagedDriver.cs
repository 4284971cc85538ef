using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>A driver of the lab's own, written in C#: its driver object and devices are real, every reference goes through the gates.</summary>
/// <remarks>By itself it keeps the rules of U-5.81 to U-5.83: it attaches in AddDevice, passes down what it does not know, and leaves with REMOVE.</remarks>
internal abstract class ManagedDriver(NtKernel kernel, string serviceName)
{
    private DriverObject? _driver;

    public string ServiceName => serviceName;

    protected NtKernel Kernel => kernel;

    protected MutableTarget Memory => kernel.Memory;

    protected DriverObject Driver => _driver ?? throw new InvariantException($"The lab's driver {serviceName} has no driver object yet.");

    /// <summary>Makes the driver object; runs on a system thread.</summary>
    public async GuestTask Initialize()
    {
        var driver = await kernel.Io.CreateManagedDriver(@"\Driver\" + serviceName, Dispatch);
        var extension = driver.DriverExtension ?? throw new InvariantException("A driver object has no extension.");
        extension.SetAddDevice(Memory, kernel.Internal.Define(
            async arguments => (uint)(await AddDevice(new DeviceObject(Memory, new VirtualAddress(arguments[1])))).Value));
        _driver = driver;
    }

    /// <summary>Makes a device and attaches it to the top of the stack.</summary>
    protected virtual async GuestTask<NtStatus> AddDevice(DeviceObject pdo)
    {
        var (status, made) = await kernel.Io.CreateDevice(Driver, 0, null, pdo.DeviceType, 0, exclusive: false);
        if (made is not { } device)
            return status;
        if (kernel.Io.IoAttachDeviceToDeviceStack(device, pdo) is not { } below)
        {
            await kernel.Io.IoDeleteDevice(device);
            return NtStatus.NoSuchDevice;
        }

        const DeviceFlags inherited = DeviceFlags.BufferedIo | DeviceFlags.DirectIo | DeviceFlags.PowerPagable;
        device.SetFlags(Memory, (device.Flags | (below.Flags & inherited)) & ~DeviceFlags.DeviceInitializing);
        return NtStatus.Success;
    }

    /// <summary>A request that is neither PnP, power nor WMI.</summary>
    protected abstract GuestTask<NtStatus> OnRequest(DeviceObject device, Irp irp, IoStackLocation location);

    /// <summary>A PnP request; REMOVE takes the device away once the drivers below had it.</summary>
    protected virtual async GuestTask<NtStatus> OnPnp(DeviceObject device, Irp irp, IoStackLocation location)
    {
        if ((PnpMinor)location.MinorFunction != PnpMinor.RemoveDevice)
            return await PassDown(device, irp);
        var status = await PassDown(device, irp);
        if (Below(device) is { } below)
            await kernel.Io.IoDetachDevice(below);
        await kernel.Io.IoDeleteDevice(device);
        return status;
    }

    protected static DeviceObject? Below(DeviceObject device) => PnpManager.ExtensionOf(device).AttachedTo;

    protected GuestTask<NtStatus> Complete(Irp irp, NtStatus status, ulong information = 0) => kernel.Io.Complete(irp, status, information);

    /// <summary>IoSkipCurrentIrpStackLocation and IoCallDriver (driver-binaries section 4).</summary>
    protected async GuestTask<NtStatus> PassDown(DeviceObject device, Irp irp)
    {
        if (Below(device) is not { } below)
            return await kernel.Io.Complete(irp, NtStatus.NoSuchDevice, 0);
        var location = irp.CurrentStackLocation ?? throw new InvariantException("A request has no stack location.");
        irp.SetCurrentLocation(Memory, (sbyte)(irp.CurrentLocation + 1));
        irp.SetCurrentStackLocation(Memory, new IoStackLocation(Memory, location.Address + IoStackLocation.SizeOf(Memory.Layout)));
        return await kernel.Io.IofCallDriver(below, irp);
    }

    private async GuestTask<NtStatus> Dispatch(DeviceObject device, Irp irp)
    {
        var location = irp.CurrentStackLocation ?? throw new InvariantException("A request has no stack location.");
        return location.MajorFunction switch
        {
            IrpMajor.Pnp => await OnPnp(device, irp, location),
            IrpMajor.Power or IrpMajor.SystemControl when Below(device) is not null => await PassDown(device, irp),
            _ => await OnRequest(device, irp, location),
        };
    }
}

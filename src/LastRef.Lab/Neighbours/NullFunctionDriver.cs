using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>A function driver that can be opened and does nothing else.</summary>
internal sealed class NullFunctionDriver(NtKernel kernel) : ManagedDriver(kernel, LabDrivers.NullFunction)
{
    protected override GuestTask<NtStatus> OnRequest(DeviceObject device, Irp irp, IoStackLocation location) => location.MajorFunction switch
    {
        IrpMajor.Create or IrpMajor.Close or IrpMajor.Cleanup => Complete(irp, NtStatus.Success),

        // Filters above send them for the device's own sake; the device itself answers.
        IrpMajor.InternalDeviceControl => PassDown(device, irp),
        _ => Complete(irp, NtStatus.InvalidDeviceRequest),
    };
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>A filter that passes everything down.</summary>
internal sealed class PassThroughFilter(NtKernel kernel) : ManagedDriver(kernel, LabDrivers.PassThrough)
{
    protected override GuestTask<NtStatus> OnRequest(DeviceObject device, Irp irp, IoStackLocation location) => PassDown(device, irp);
}

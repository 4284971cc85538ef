using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Calls from the kernel into drivers.</summary>
public sealed partial class NtKernel
{
    /// <summary>Calls an entry point of a driver and records that it was entered and that it returned.</summary>
    /// <param name="driver">The driver object that the routine belongs to; null when none is known.</param>
    /// <returns>rax.</returns>
    internal async GuestTask<ulong> CallDriver(
        DriverCallKind kind, VirtualAddress driver, KernelThread thread, VirtualAddress routine, params ulong[] arguments)
    {
        var irp = kind is DriverCallKind.Dispatch && arguments.Length > 1 ? new VirtualAddress(arguments[1]) : VirtualAddress.Null;
        var target = Images.SiteOf(routine);
        Record(new DriverCallRecord(kind, driver, routine, target, null) { Irp = irp });
        var result = await (kind is DriverCallKind.Dpc or DriverCallKind.Interrupt
            ? thread.CallInterrupt(routine, arguments)
            : thread.Call(routine, arguments));
        Record(new DriverCallRecord(kind, driver, routine, target, result) { Irp = irp });
        return result;
    }
}

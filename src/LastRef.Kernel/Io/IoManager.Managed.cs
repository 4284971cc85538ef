using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Drivers written in C# that stand below and beside the driver under test.</summary>
internal sealed partial class IoManager
{
    /// <summary>Makes a driver object whose every dispatch entry leads to C# code.</summary>
    /// <param name="dispatch">Handles a request; completes it or forwards it, as a driver's dispatch routine does.</param>
    public async GuestTask<DriverObject> CreateManagedDriver(string objectName, Func<DeviceObject, Irp, GuestTask<NtStatus>> dispatch)
    {
        var driver = await CreateDriverObject(objectName, null, null);
        var entry = _kernel.Internal.Define(async arguments =>
        {
            var status = await dispatch(new DeviceObject(Memory, new VirtualAddress(arguments[0])), new Irp(Memory, new VirtualAddress(arguments[1])));
            return (uint)status.Value;
        });
        for (var i = 0; i < MajorFunctions; i++)
            driver.MajorFunction.Set(Memory, i, entry);
        driver.SetFlags(Memory, driver.Flags | DriverObjectFlags.Initialized);
        return driver;
    }

    /// <summary>Completes a request with a status, as a driver does at the end of its dispatch routine.</summary>
    public async GuestTask<NtStatus> Complete(Irp irp, NtStatus status, ulong? information = null)
    {
        irp.IoStatus.SetStatus(Memory, status);
        if (information is { } value)
            irp.IoStatus.SetInformation(Memory, value);
        await IofCompleteRequest(irp, 0);
        return status;
    }

    /// <summary>The dispatch routine of request types that a driver left alone (U-2.7).</summary>
    public GuestTask<NtStatus> CompleteInvalidRequest(Irp irp) => Complete(irp, NtStatus.InvalidDeviceRequest, 0);
}

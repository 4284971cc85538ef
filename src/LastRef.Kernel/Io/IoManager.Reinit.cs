using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Reinitialisation routines and driver objects without an image (spec 2.4).</summary>
internal sealed partial class IoManager
{
    private readonly List<(DriverObject Driver, VirtualAddress Routine, VirtualAddress Context, bool Boot)> _reinitialize = [];
    private int _createdDrivers;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-2.20")]
    internal void IoRegisterDriverReinitialization(DriverObject driverObject, VirtualAddress driverReinitializationRoutine, VirtualAddress context) =>
        QueueReinitialization(driverObject, driverReinitializationRoutine, context, DriverObjectFlags.ReinitRegistered, boot: false);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-2.20")]
    internal void IoRegisterBootDriverReinitialization(DriverObject driverObject, VirtualAddress driverReinitializationRoutine, VirtualAddress context) =>
        QueueReinitialization(driverObject, driverReinitializationRoutine, context, DriverObjectFlags.BootReinitRegistered, boot: true);

    /// <summary>Makes a driver object that has no image of its own and runs its initialisation routine (U-2.22).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-2.22")]
    internal async GuestTask<NtStatus> IoCreateDriver(UnicodeString? driverName, VirtualAddress initializationFunction)
    {
        var name = driverName?.ToText() ?? $@"\Driver\{_kernel.Ke.TickCount + _createdDrivers++:D8}";
        if (!_kernel.Ob.Lookup(name).Object.IsNull)
            return NtStatus.ObjectNameCollision;
        var driver = await CreateDriverObject(name, null, null);
        driver.SetDriverInit(Memory, initializationFunction);
        var result = await _kernel.CallDriver(
            DriverCallKind.DriverEntry, driver.Address, _kernel.CurrentThread, initializationFunction, driver.Address.Value, 0);
        var status = new NtStatus((int)result);
        if (status.IsSuccess)
        {
            FinishInitialization(driver);
            return status;
        }

        await _kernel.Ob.MakeTemporary(driver.Address);
        await _kernel.Ob.Dereference(driver.Address, ReferenceCause.KeepAlive);
        return status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-2.22")]
    internal async GuestTask IoDeleteDriver(DriverObject driverObject)
    {
        await _kernel.Ob.MakeTemporary(driverObject.Address);
        await _kernel.Ob.Dereference(driverObject.Address, ReferenceCause.KeepAlive);
    }

    private void QueueReinitialization(
        DriverObject driver, VirtualAddress routine, VirtualAddress context, DriverObjectFlags flag, bool boot)
    {
        driver.SetFlags(Memory, driver.Flags | flag);
        _reinitialize.Add((driver, routine, context, boot));
        _kernel.Record(new RegistrationRecord(RegistrationKind.Reinitialization, true, routine, routine, driver.Address));
    }

    /// <summary>Runs what is queued once; a routine that queues itself again runs in the next round (U-2.20).</summary>
    private async GuestTask RunReinitialization(DriverObject driver)
    {
        const int rounds = 64;
        for (var round = 0; round < rounds; round++)
        {
            var due = _reinitialize.FindAll(r => r.Driver.Address == driver.Address);
            if (due.Count == 0)
                return;
            _reinitialize.RemoveAll(r => r.Driver.Address == driver.Address);
            foreach (var (_, routine, context, _) in due)
            {
                var extension = driver.DriverExtension ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);
                extension.SetCount(Memory, extension.Count + 1);
                driver.SetFlags(Memory, driver.Flags & ~(DriverObjectFlags.ReinitRegistered | DriverObjectFlags.BootReinitRegistered));
                _kernel.Record(new RegistrationRecord(RegistrationKind.Reinitialization, false, routine, routine, driver.Address));
                await _kernel.CallDriver(
                    DriverCallKind.Reinitialize, driver.Address, _kernel.CurrentThread, routine, driver.Address.Value, context.Value, extension.Count);
            }
        }

        throw MachineStopException.Unsupported(UnsupportedKind.Limit, $"a reinitialisation routine queued itself more than {rounds} times");
    }
}

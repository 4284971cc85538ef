using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What drivers ask of the PnP manager, done later by a thread of its own (U-6.68).</summary>
internal sealed partial class PnpManager
{
    private VirtualAddress _treeLock;

    /// <summary>The children of a bus changed: it is asked for them, after the call has returned (U-5.39).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-5.39 U-6.68")]
    internal void IoInvalidateDeviceRelations(DeviceObject deviceObject, int type)
    {
        // DEVICE_RELATION_TYPE: power relations (2) and single-bus relations (5) need no new enumeration of a whole bus here.
        if (type is (int)BusRelations or SingleBusRelations)
            Queue(deviceObject, async device =>
            {
                if (device.IsStarted)
                    await EnumerateLocked(device);
            });
    }

    /// <summary>The driver of a device wants to be asked for the device's state.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-5.30 U-6.68")]
    internal void IoInvalidateDeviceState(DeviceObject physicalDeviceObject) =>
        Queue(physicalDeviceObject, async device =>
        {
            if (device.IsStarted)
                await QueryState(device);
        });

    /// <summary>Orderly removal with ejection relations, then EJECT to the PDO.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-5.44 U-6.68")]
    internal void IoRequestDeviceEject(DeviceObject physicalDeviceObject) =>
        Queue(physicalDeviceObject, async device =>
        {
            if (device.IsAdded)
                await RemoveLocked(device, new RemovalRequest(DeviceProblem.HeldForEject) { Ejects = true });
        });

    /// <summary>The same, and the driver hears how it ended; until then the request holds its driver object.</summary>
    /// <returns>STATUS_PENDING.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-5.44 U-6.68")]
    internal NtStatus IoRequestDeviceEjectEx(DeviceObject physicalDeviceObject, VirtualAddress callback, VirtualAddress context, DriverObject? driverObject)
    {
        if (driverObject is { } held)
            _kernel.Ob.Reference(held.Address, ReferenceCause.PnpOperation);
        var pdo = physicalDeviceObject.Address;
        _kernel.Ob.Reference(pdo, ReferenceCause.PnpOperation);
        _kernel.Ex.QueueWork(async thread =>
        {
            var status = await Serialized(async () => DeviceOfPdo(pdo) is { IsAdded: true } device
                ? await RemoveLocked(device, new RemovalRequest(DeviceProblem.HeldForEject) { Ejects = true })
                : NtStatus.NoSuchDevice);
            if (!callback.IsNull)
            {
                await _kernel.CallDriver(
                    DriverCallKind.Other, driverObject?.Address ?? VirtualAddress.Null, thread, callback, status.Code, context.Value);
            }

            await _kernel.Ob.Dereference(pdo, ReferenceCause.PnpOperation);
            if (driverObject is { } driver)
                await _kernel.Ob.Dereference(driver.Address, ReferenceCause.PnpOperation);
        });
        return NtStatus.Pending;
    }

    /// <summary>Has work on a device done by a worker; the PDO is held until then.</summary>
    private void Queue(DeviceObject pdo, Func<PnpDevice, GuestTask> work)
    {
        if (DeviceOfPdo(pdo.Address) is null)
        {
            // Doc: "Bug Check 0xCA", parameter 1 = 2: a device object that is no PDO.
            throw MachineStopException.BugCheck(0xCA, "a PnP routine was given a device object that is no PDO", 2, pdo.Address.Value);
        }

        _kernel.Ob.Reference(pdo.Address, ReferenceCause.PnpOperation);
        _kernel.Ex.QueueWork(async _ =>
        {
            await Serialized(async () =>
            {
                if (DeviceOfPdo(pdo.Address) is { } device)
                    await work(device);
            });
            await _kernel.Ob.Dereference(pdo.Address, ReferenceCause.PnpOperation);
        });
    }

    /// <summary>Runs work on the device tree alone: state changes of a stack never overlap (U-5.2).</summary>
    internal async GuestTask<T> Serialized<T>(Func<GuestTask<T>> work)
    {
        await EnterTree();
        var result = await work();
        _kernel.Ke.Signal(_treeLock, 1);
        return result;
    }

    internal async GuestTask Serialized(Func<GuestTask> work)
    {
        await EnterTree();
        await work();
        _kernel.Ke.Signal(_treeLock, 1);
    }

    private async GuestTask EnterTree()
    {
        if (_treeLock.IsNull)
        {
            _treeLock = _kernel.Ke.CreateEvent(synchronization: true);
            _kernel.Ke.Signal(_treeLock, 1);
        }

        await _kernel.Ke.Wait(_treeLock);
    }
}

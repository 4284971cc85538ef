using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What drivers ask of the PnP manager, done later by a thread of its own (U-6.68).</summary>
internal sealed partial class PnpManager
{
    /// <summary>PNP_DEVICE_STATE bits (wdm.h; Doc: IRP_MN_QUERY_PNP_DEVICE_STATE).</summary>
    private const ulong DeviceDisabledBit = 1;
    private const ulong DeviceFailedBit = 4;
    private const ulong DeviceRemovedBit = 8;
    private const ulong ResourcesChangedBit = 0x10;
    private const int SingleBusRelations = 5;
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

    /// <summary>Orderly removal, then EJECT to the PDO.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-5.44 U-6.68", Missing = "ejection relations")]
    internal void IoRequestDeviceEject(DeviceObject physicalDeviceObject) =>
        Queue(physicalDeviceObject, async device =>
        {
            if (device.IsAdded)
                await RemoveLocked(device, DeviceProblem.HeldForEject, () => SendEject(device));
        });

    /// <summary>Asks a started device how it is; one that says it has failed is removed as if it were gone (U-5.30, U-5.41).</summary>
    private async GuestTask QueryState(PnpDevice device)
    {
        var (status, state) = await SendPnp(device, PnpMinor.QueryPnpDeviceState);
        if (!status.IsSuccess)
            return;
        if ((state & ResourcesChangedBit) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "a device that asks for other resources (PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED)");
        if ((state & (DeviceFailedBit | DeviceRemovedBit)) != 0)
            await SurpriseRemoveLocked(device, DeviceProblem.FailedPostStart);
        else if ((state & DeviceDisabledBit) != 0)
            await RemoveLocked(device, DeviceProblem.Disabled, null);
    }

    private async GuestTask SendEject(PnpDevice device) => await SendPnp(device, PnpMinor.Eject);

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
    private async GuestTask<T> Serialized<T>(Func<GuestTask<T>> work)
    {
        await EnterTree();
        var result = await work();
        _kernel.Ke.Signal(_treeLock, 1);
        return result;
    }

    private async GuestTask Serialized(Func<GuestTask> work)
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

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Where removals and user mode meet: notifications, and whose handles refuse (U-5.10, U-5.13, U-9.30).</summary>
internal sealed partial class PnpManager
{
    /// <summary>Who passes notifications on to applications and services; null for a machine without any.</summary>
    public IUserModePnp? UserMode { get; set; }

    /// <summary>A worker tells who listens for instances; without one nothing is queued.</summary>
    private void QueueInstanceChange(PnpDevice device, InstanceChange change)
    {
        if (UserMode is { HasInstanceListeners: true } listeners)
            _kernel.Ex.QueueWork(_ => listeners.InstanceChanged(device.Identity.InstancePath, change));
    }

    /// <summary>Open handles of all processes on the devices of a stack, by process and value; event 225 names them (U-5.20, U-9.30).</summary>
    public IReadOnlyList<VetoHolder> OpenersOf(PnpDevice device)
    {
        var stack = StackAbove(device.Pdo).Select(d => d.Address).ToHashSet();
        var openers = new List<VetoHolder>();
        foreach (var process in _kernel.Ps.Processes)
        {
            foreach (var open in _kernel.Ob.HandlesOf(process))
            {
                if (_kernel.Ob.KindOf(open.Body) == ObjectKind.File
                    && new FileObject(Memory, open.Body).DeviceObject is { } target && stack.Contains(target.Address))
                {
                    openers.Add(new VetoHolder(
                        new EProcess(Memory, process).UniqueProcessId.Value, _kernel.Ps.ImageNameOf(process), open.Value, open.Body));
                }
            }
        }

        return openers;
    }

    /// <summary>A registration from user mode for an open device: it holds the PDO until it ends or its process does (U-6.23).</summary>
    /// <returns>The device and the registration's entry in pool; null when the stack does not say which device it is.</returns>
    public async GuestTask<(PnpDevice? Device, VirtualAddress Registration)> RegisterFromUserMode(FileObject file)
    {
        var (status, pdo) = await TargetDeviceOf(file);
        if (!status.IsSuccess)
            return (null, VirtualAddress.Null);
        if (DeviceOfPdo(pdo.Address) is not { } device)
        {
            await _kernel.Ob.Dereference(pdo.Address, ReferenceCause.DeviceRelations);
            return (null, VirtualAddress.Null);
        }

        var entry = HoldForUserMode(device);
        await _kernel.Ob.Dereference(pdo.Address, ReferenceCause.DeviceRelations);
        return (device, entry);
    }

    /// <summary>The entry of a registration, which holds the PDO.</summary>
    public VirtualAddress HoldForUserMode(PnpDevice device)
    {
        var entry = new PnpNotifyEntry(Memory, _kernel.Ex.NonPagedPool.Allocate((ulong)PnpNotifyEntry.SizeOf(Memory.Layout), PoolTags.Pnp, null));
        entry.SetEventCategory(Memory, TargetCategory);
        entry.SetPhysicalDeviceObject(Memory, device.Pdo);
        entry.SetRefCount(Memory, 1);
        GuestList.Initialize(Memory, entry.ListEntry);
        GuestList.InsertTail(Memory, new DeviceNode(Memory, device.Node).TargetDeviceNotify, entry.ListEntry);
        _kernel.Ob.Reference(device.Pdo.Address, ReferenceCause.PnpNotification, entry.Address);
        return entry.Address;
    }

    /// <summary>Ends such a registration.</summary>
    public async GuestTask ReleaseForUserMode(VirtualAddress registration)
    {
        var entry = new PnpNotifyEntry(Memory, registration);
        var pdo = entry.PhysicalDeviceObject?.Address ?? throw new InvariantException("A registration from user mode has no device.");
        GuestList.Remove(Memory, entry.ListEntry);
        _kernel.Ex.NonPagedPool.Free(registration);
        await _kernel.Ob.Dereference(pdo, ReferenceCause.PnpNotification, registration);
    }

    private async GuestTask TellUserRemoved(List<PnpDevice> devices, bool wasAsked)
    {
        if (UserMode is { } listeners)
            await listeners.Removed(devices, wasAsked);
    }
}

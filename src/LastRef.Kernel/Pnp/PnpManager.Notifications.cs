using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Registrations for PnP notification: what they hold and how they end (U-6.21, U-6.22).</summary>
internal sealed partial class PnpManager
{
    /// <summary>IO_NOTIFICATION_EVENT_CATEGORY (wdm.h).</summary>
    private const int HardwareProfileCategory = 1;
    private const int InterfaceCategory = 2;
    private const int TargetCategory = 3;
    private const uint IncludeExistingInterfaces = 1;

    private readonly List<VirtualAddress> _notifications = [];

    /// <summary>Threads that are in the callback of a registration now.</summary>
    private readonly List<(VirtualAddress Entry, KernelThread Thread)> _inCallback = [];

    private VirtualAddress _callbackDone;

    /// <summary>Registers a callback; the registration references the driver object, and the PDO of a target device.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.21 U-6.22", Missing = "hardware profile changes, which the lab never makes")]
    internal async GuestTask<NtStatus> IoRegisterPlugPlayNotification(
        int eventCategory, uint eventCategoryFlags, VirtualAddress eventCategoryData, DriverObject driverObject,
        VirtualAddress callbackRoutine, VirtualAddress context, Out<VirtualAddress> notificationEntry)
    {
        notificationEntry.Clear(Memory);
        if (eventCategory is not (HardwareProfileCategory or InterfaceCategory or TargetCategory))
            return NtStatus.InvalidParameter;
        DeviceObject? target = null;
        if (eventCategory == TargetCategory)
        {
            var (status, pdo) = await TargetDeviceOf(new FileObject(Memory, eventCategoryData));
            if (!status.IsSuccess)
                return status;
            target = pdo;
        }

        var bytes = (ulong)PnpNotifyEntry.SizeOf(Memory.Layout);
        var entry = new PnpNotifyEntry(Memory, _kernel.Ex.NonPagedPool.Allocate(bytes, PoolTags.Pnp, null));
        entry.SetEventCategory(Memory, eventCategory);
        entry.SetCallbackRoutine(Memory, callbackRoutine);
        entry.SetContext(Memory, context);
        entry.SetDriverObject(Memory, driverObject);
        entry.SetRefCount(Memory, 1);
        GuestList.Initialize(Memory, entry.ListEntry);
        _kernel.Ob.Reference(driverObject.Address, ReferenceCause.PnpNotification, entry.Address);
        if (eventCategory == InterfaceCategory)
            entry.SetClassGuid(Memory, ReadGuid(eventCategoryData));
        if (target is { } device)
        {
            entry.SetFileObject(Memory, new FileObject(Memory, eventCategoryData));
            entry.SetPhysicalDeviceObject(Memory, device);
            _kernel.Ob.Reference(device.Address, ReferenceCause.PnpNotification, entry.Address);
            await _kernel.Ob.Dereference(device.Address, ReferenceCause.DeviceRelations);
            if (DeviceOfPdo(device.Address) is { } node)
                GuestList.InsertTail(Memory, new DeviceNode(Memory, node.Node).TargetDeviceNotify, entry.ListEntry);
        }

        _notifications.Add(entry.Address);
        _kernel.Record(new RegistrationRecord(RegistrationKind.PnpNotification, true, entry.Address, callbackRoutine, driverObject.Address));
        notificationEntry.Set(Memory, entry.Address);
        if (eventCategory == InterfaceCategory && (eventCategoryFlags & IncludeExistingInterfaces) != 0)
            await TellOfExistingInterfaces(entry);
        return NtStatus.Success;
    }

    /// <summary>Ends a registration and waits until no other thread is in its callback.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.21")]
    internal async GuestTask<NtStatus> IoUnregisterPlugPlayNotificationEx(PnpNotifyEntry notificationEntry)
    {
        var address = EndRegistration(notificationEntry);
        var thread = _kernel.CurrentThread;
        while (_inCallback.Exists(c => c.Entry == address && c.Thread != thread))
            await _kernel.Ke.Wait(_callbackDone);
        await DropEntry(notificationEntry);
        return NtStatus.Success;
    }

    /// <summary>Ends a registration; a callback may still run when it returns, and holds the entry until then.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.21")]
    internal async GuestTask<NtStatus> IoUnregisterPlugPlayNotification(PnpNotifyEntry notificationEntry)
    {
        EndRegistration(notificationEntry);
        await DropEntry(notificationEntry);
        return NtStatus.Success;
    }

    /// <summary>Calls a registration's routine.</summary>
    private async GuestTask<NtStatus> CallBack(PnpNotifyEntry entry, VirtualAddress notification)
    {
        if (_callbackDone.IsNull)
            _callbackDone = _kernel.Ke.CreateEvent(synchronization: false);
        var thread = _kernel.CurrentThread;
        entry.SetRefCount(Memory, (ushort)(entry.RefCount + 1));
        _inCallback.Add((entry.Address, thread));
        _kernel.Ke.Signal(_callbackDone, 0);
        var driver = entry.DriverObject?.Address ?? VirtualAddress.Null;
        var before = _kernel.Ke.CurrentIrql;
        var result = await _kernel.CallDriver(
            DriverCallKind.Notification, driver, thread, entry.CallbackRoutine, notification.Value, entry.Context.Value);
        if (_kernel.Ke.CurrentIrql != before)
        {
            // U-5.77: 0xCA, parameter 1 = 0xA.
            throw MachineStopException.BugCheck(
                0xCA, "a notification callback came back at another IRQL", 0xA, driver.Value, entry.CallbackRoutine.Value, (ulong)_kernel.Ke.CurrentIrql);
        }

        _inCallback.Remove((entry.Address, thread));
        _kernel.Ke.Signal(_callbackDone, 1);
        await DropEntry(entry);
        return new NtStatus((int)result);
    }

    private VirtualAddress EndRegistration(PnpNotifyEntry entry)
    {
        if (!_notifications.Remove(entry.Address))
        {
            throw MachineStopException.Unsupported(
                UnsupportedKind.Case, $"IoUnregisterPlugPlayNotification of {entry.Address}, which is no registration or no longer one");
        }

        entry.SetUnregistered(Memory, true);
        GuestList.Remove(Memory, entry.ListEntry);
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.PnpNotification, false, entry.Address, entry.CallbackRoutine, entry.DriverObject?.Address ?? VirtualAddress.Null));
        return entry.Address;
    }

    /// <summary>The last one who needs the entry gives back what it holds.</summary>
    private async GuestTask DropEntry(PnpNotifyEntry entry)
    {
        var left = entry.RefCount - 1;
        entry.SetRefCount(Memory, (ushort)left);
        if (left > 0)
            return;
        var driver = entry.DriverObject?.Address ?? throw new InvariantException("A registration has no driver object.");
        var pdo = entry.EventCategory == TargetCategory ? entry.PhysicalDeviceObject?.Address : null;
        _kernel.Ex.NonPagedPool.Free(entry.Address);
        if (pdo is { } target)
            await _kernel.Ob.Dereference(target, ReferenceCause.PnpNotification, entry.Address);
        await _kernel.Ob.Dereference(driver, ReferenceCause.PnpNotification, entry.Address);
    }

    /// <summary>The PDO behind a file object, as the stack itself reports it; referenced by its bus for the caller (U-6.12).</summary>
    private async GuestTask<(NtStatus Status, DeviceObject Pdo)> TargetDeviceOf(FileObject file)
    {
        const uint targetRelation = 4;
        var top = _kernel.Io.IoGetRelatedDeviceObject(file);
        var (status, information) = await _kernel.Io.SendSynchronous(top, NtStatus.NotSupported, location =>
        {
            location.SetMajorFunction(Memory, IrpMajor.Pnp);
            location.SetMinorFunction(Memory, (byte)PnpMinor.QueryDeviceRelations);
            location.SetQueryDeviceRelationsType(Memory, targetRelation);
        });
        if (!status.IsSuccess)
            return (status, default);
        if (information == 0)
            return (NtStatus.NoSuchDevice, default);
        var relations = new VirtualAddress(information);
        var pdo = new DeviceObject(Memory, Memory.ReadPointer(relations + 8));
        _kernel.Ex.FreePool(relations);
        return (NtStatus.Success, pdo);
    }

    private async GuestTask TellOfExistingInterfaces(PnpNotifyEntry entry)
    {
        foreach (var known in _interfaces.Where(i => i.IsEnabled && i.Class == entry.ClassGuid).ToArray())
            await TellOfInterface(entry, known.Class, known.Name, PnpEvents.InterfaceArrival);
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Sending notifications: who is told what, and when (U-5.11, U-5.14, U-5.15, U-5.31, U-5.38).</summary>
internal sealed partial class PnpManager
{
    /// <summary>Version of every notification structure (wdm.h).</summary>
    private const ushort NotificationVersion = 1;

    /// <summary>An interface came or went: a worker tells who registered for its class.</summary>
    private void QueueInterfaceChange(DeviceInterface changed, Guid change)
    {
        var (classGuid, name) = (changed.Class, changed.Name);
        if (Registered(InterfaceCategory).Any(e => e.ClassGuid == classGuid))
            _kernel.Ex.QueueWork(_ => TellOfInterface(classGuid, name, change));
        if (UserMode is { } listeners)
            _kernel.Ex.QueueWork(_ => listeners.InterfaceChanged(classGuid, name, change == PnpEvents.InterfaceArrival));
    }

    private async GuestTask TellOfInterface(Guid classGuid, string name, Guid change)
    {
        foreach (var entry in Registered(InterfaceCategory).Where(e => e.ClassGuid == classGuid).ToArray())
        {
            if (_notifications.Contains(entry.Address))
                await TellOfInterface(entry, classGuid, name, change);
        }
    }

    private async GuestTask TellOfInterface(PnpNotifyEntry entry, Guid classGuid, string name, Guid change)
    {
        var structureBytes = DeviceInterfaceChangeNotification.SizeOf(Memory.Layout);
        var stringBytes = UnicodeString.SizeOf(Memory.Layout);
        var characters = WideText.Bytes(name + "\0");
        var block = _kernel.Ex.PagedPool.Allocate((ulong)(structureBytes + stringBytes + characters.Length), PoolTags.Pnp, null);
        var text = new UnicodeString(Memory, block + structureBytes);
        _kernel.Rtl.PlaceString(text, text.Address + stringBytes, characters);
        var notification = new DeviceInterfaceChangeNotification(Memory, block);
        notification.SetVersion(Memory, NotificationVersion);
        notification.SetSize(Memory, (ushort)structureBytes);
        notification.SetEvent(Memory, change);
        notification.SetInterfaceClassGuid(Memory, classGuid);
        notification.SetSymbolicLinkName(Memory, text);
        await CallBack(entry, block);
        _kernel.Ex.PagedPool.Free(block);
    }

    /// <summary>Asks the drivers that registered for a device whether it may go.</summary>
    /// <param name="told">Gets every registration that was asked.</param>
    /// <returns>The driver that refused; null when nobody did.</returns>
    private async GuestTask<DriverObject?> AskTargetDrivers(PnpDevice device, List<(PnpDevice Device, VirtualAddress Entry)> told)
    {
        foreach (var entry in TargetsOf(device))
        {
            if (!_notifications.Contains(entry.Address))
                continue;
            told.Add((device, entry.Address));
            var driver = entry.DriverObject;
            if (!(await TellTarget(entry, PnpEvents.QueryRemove)).IsSuccess)
                return driver;
        }

        return null;
    }

    /// <summary>Those who were asked learn that the device stays.</summary>
    private async GuestTask TellCancelled(List<(PnpDevice Device, VirtualAddress Entry)> told)
    {
        // A driver that gave its registration up in QUERY_REMOVE and registered again with a new file object is told too
        // only for registrations that it had when it was asked (Doc: GUID_TARGET_DEVICE_REMOVE_CANCELLED).
        foreach (var (_, entry) in told)
        {
            if (_notifications.Contains(entry))
                await TellTarget(new PnpNotifyEntry(Memory, entry), PnpEvents.RemoveCancelled);
        }
    }

    private async GuestTask TellRemoved(PnpDevice device)
    {
        foreach (var entry in TargetsOf(device))
        {
            if (_notifications.Contains(entry.Address))
                await TellTarget(entry, PnpEvents.RemoveComplete);
        }
    }

    private async GuestTask<NtStatus> TellTarget(PnpNotifyEntry entry, Guid what)
    {
        var bytes = TargetDeviceRemovalNotification.SizeOf(Memory.Layout);
        var notification = new TargetDeviceRemovalNotification(Memory, _kernel.Ex.PagedPool.Allocate((ulong)bytes, PoolTags.Pnp, null));
        notification.SetVersion(Memory, NotificationVersion);
        notification.SetSize(Memory, (ushort)bytes);
        notification.SetEvent(Memory, what);
        notification.SetFileObject(Memory, entry.FileObject);
        var status = await CallBack(entry, notification.Address);
        _kernel.Ex.PagedPool.Free(notification.Address);
        return status;
    }

    private PnpNotifyEntry[] TargetsOf(PnpDevice device) =>
        [.. Registered(TargetCategory).Where(e => e.PhysicalDeviceObject?.Address == device.Pdo.Address)];

    private IEnumerable<PnpNotifyEntry> Registered(int category) =>
        _notifications.Select(address => new PnpNotifyEntry(Memory, address)).Where(e => e.EventCategory == category);
}

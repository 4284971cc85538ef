using LastRef.Nt;

namespace LastRef;

/// <summary>Counting: for each counter, the structures that account for it, and what is left over.</summary>
internal sealed partial class CaptureWalk
{
    /// <summary>Registrations that reference their driver or device object for as long as they stand (U-6.21, U-6.24, U-6.25, U-6.54, U-6.60).</summary>
    private static bool HoldsItsSubject(RegistrationKind kind) => kind is
        RegistrationKind.PnpNotification or RegistrationKind.FileSystemNotification
        or RegistrationKind.ShutdownNotification or RegistrationKind.IoSystemThread;

    private readonly Dictionary<(VirtualAddress, ReferenceCounter), long> _explained = [];

    private void CountHolders()
    {
        if (_driver is { } driver)
            CountDriver(driver);
        foreach (var device in _devices.Values)
            CountDevice(device);
        foreach (var file in _files.Values)
            CountFile(file);
        if (_module is { } module)
            CountImage(module);
    }

    private void CountDriver(CapturedDriver driver)
    {
        var held = driver.Address;
        if (driver.HasName)
        {
            // U-1.62: the name and the keep-alive reference come and go together (U-3.23).
            Add(HolderKind.Name, driver.Name ?? "name", held - ObjectHeaderBytes, held, ReferenceCounter.PointerCount, 1, "OBJECT_HEADER_NAME_INFO.Directory", 1);
            Add(HolderKind.KeepAlive, "the I/O manager", held, held, ReferenceCounter.PointerCount, 1, "DRIVER_OBJECT.Flags", (ulong)driver.Flags);
        }

        foreach (var device in _devices.Values.Where(d => d.Driver == held))
            Add(HolderKind.Device, device.Name ?? "device", device.Address, held, ReferenceCounter.PointerCount, 1, "DEVICE_OBJECT.DriverObject", held.Value);
        CountObject(held);
        Balance(held, ReferenceCounter.PointerCount, driver.PointerCount);
        Balance(held, ReferenceCounter.HandleCount, driver.HandleCount);
    }

    private void CountDevice(CapturedDevice device)
    {
        var held = device.Address;
        if (device.Name is not null)
            Add(HolderKind.Name, device.Name, held - ObjectHeaderBytes, held, ReferenceCounter.PointerCount, 1, "OBJECT_HEADER_NAME_INFO.Directory", 1);

        // U-1.64, U-3.65: the creation reference goes when the deletion completes, and with it the place in the list. Whether a
        // neighbour's device is listed was not looked at, so its creation reference is taken for granted.
        if (device.IsListed || device.Driver != roots.DriverObject)
            Add(HolderKind.KeepAlive, "the I/O manager", held, held, ReferenceCounter.PointerCount, 1, "DEVICE_OBJECT.DriverObject", device.Driver.Value);
        if (!device.DeviceNode.IsNull)
            Add(HolderKind.DeviceNode, NodeName(device), device.DeviceNode, held, ReferenceCounter.PointerCount, 1, "DEVOBJ_EXTENSION.DeviceNode", device.DeviceNode.Value);
        CountObject(held);

        // A mount references the top of the storage stack for the file system, which gives that back when it dismounts.
        foreach (var storage in _devices.Values.Where(d => d.Volume is not null && (d.Above is [.., var top] ? top : d.Address) == held))
            Add(HolderKind.Volume, $"volume of {storage.Volume!.FileSystem ?? "a file system"}", storage.Volume.Device, held, ReferenceCounter.PointerCount, 1, "VPB.DeviceObject", storage.Volume.Device.Value);
        Balance(held, ReferenceCounter.PointerCount, device.PointerCount);

        foreach (var file in _files.Values.Where(f => f.Device == held))
            Add(HolderKind.FileObject, "file object", file.Address, held, ReferenceCounter.IoCount, 1, "FILE_OBJECT.DeviceObject", held.Value);
        foreach (var registration in _registrations.Where(r => r.Kind == RegistrationKind.FileSystem && r.Subject == held))
            Add(HolderKind.Registration, "file system registration", registration.Address, held, ReferenceCounter.IoCount, 1, "registration", held.Value);
        Balance(held, ReferenceCounter.IoCount, device.IoCount);

        if (device.AttachedDevice.IsNull)
            return;
        var above = _devices.GetValueOrDefault(device.AttachedDevice);
        Add(HolderKind.AttachedDevice, above?.DriverName ?? "device", device.AttachedDevice, held, ReferenceCounter.Attachment, 1, "DEVICE_OBJECT.AttachedDevice", device.AttachedDevice.Value);
        Balance(held, ReferenceCounter.Attachment, 1);
    }

    private void CountFile(CapturedFile file)
    {
        CountObject(file.Address);
        foreach (var irp in _irps.Where(i => i.File == file.Address))
            Add(HolderKind.Irp, "request", irp.Address, file.Address, ReferenceCounter.PointerCount, 1, "IO_STACK_LOCATION.FileObject", file.Address.Value);
        Balance(file.Address, ReferenceCounter.PointerCount, file.PointerCount);
        Balance(file.Address, ReferenceCounter.HandleCount, file.HandleCount);
    }

    private void CountImage(CapturedModule module)
    {
        if (_driver is { } driver && driver.DriverSection == module.Entry)
            Add(HolderKind.DriverObject, driver.Name ?? "driver object", driver.Address, module.Entry, ReferenceCounter.LoadCount, 1, "DRIVER_OBJECT.DriverSection", module.Entry.Value);
        Balance(module.Entry, ReferenceCounter.LoadCount, module.LoadCount);
    }

    /// <summary>Handles, work items and registrations on one object.</summary>
    private void CountObject(VirtualAddress held)
    {
        foreach (var handle in _handles.Where(h => h.Object == held))
        {
            var name = $"{handle.ProcessName} (process {handle.ProcessId}), handle {handle.Value}";
            Add(HolderKind.Handle, name, handle.Entry, held, ReferenceCounter.PointerCount, handle.RemainingBatch ?? 1, "HANDLE_TABLE_ENTRY.RefCnt", handle.RemainingBatch ?? 1);
            Add(HolderKind.Handle, name, handle.Entry, held, ReferenceCounter.HandleCount, 1, "HANDLE_TABLE_ENTRY", handle.Value.Value);
        }

        foreach (var item in _ioWorkItems.Where(i => i.IoObject == held))
            Add(HolderKind.WorkItem, "work item", item.Address, held, ReferenceCounter.PointerCount, 1, "IO_WORKITEM.IoObject", held.Value);
        foreach (var registration in _registrations.Where(r => r.Subject == held && HoldsItsSubject(r.Kind)))
        {
            var kind = registration.Kind == RegistrationKind.IoSystemThread ? HolderKind.Thread : HolderKind.Registration;
            Add(kind, registration.Kind.ToString(), registration.Address, held, ReferenceCounter.PointerCount, 1, "registration", held.Value);
        }
    }

    private void Balance(VirtualAddress held, ReferenceCounter counter, long value)
    {
        var explained = _explained.GetValueOrDefault((held, counter));
        var balance = new Balance(held, counter, value, explained);
        _balances.Add(balance);
        if (balance.Unexplained > 0)
            Add(HolderKind.Unexplained, "unknown", default, held, counter, balance.Unexplained, counter.ToString(), (ulong)value);
    }

    private void Add(HolderKind kind, string name, VirtualAddress holder, VirtualAddress held, ReferenceCounter counter, long count, string field, ulong value)
    {
        _holds.Add(new Hold(kind, name, holder, held, counter, count, field, value));
        if (kind != HolderKind.Unexplained)
            _explained[(held, counter)] = _explained.GetValueOrDefault((held, counter)) + count;
    }

    private string NodeName(CapturedDevice device) =>
        _nodes.Find(n => n.Address == device.DeviceNode) is { InstancePath.Length: > 0 } node ? node.InstancePath : "device node";
}

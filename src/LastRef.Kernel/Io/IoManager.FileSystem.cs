using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Registered file systems, and who wants to know of them (U-6.19, U-6.24).</summary>
internal sealed partial class IoManager
{
    private readonly List<DeviceObject> _fileSystems = [];
    private int _fileSystemChanges;
    private readonly List<(DriverObject Driver, VirtualAddress Routine)> _fileSystemWatchers = [];

    /// <summary>Registers a control device: an unload of its driver is deferred until it is taken back (U-11.11, T-44).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.19 U-11.11")]
    internal async GuestTask IoRegisterFileSystem(DeviceObject deviceObject)
    {
        ChangeIoCount(deviceObject, +1, ReferenceCause.FileSystemRegistration, deviceObject.Address);

        // The newest is asked first, one of low priority last (DO_LOW_PRIORITY_FILESYSTEM, ntifs.h).
        var isLast = (deviceObject.Flags & DeviceFlags.LowPriorityFilesystem) != 0;
        _fileSystems.Insert(isLast ? _fileSystems.Count : 0, deviceObject);
        _fileSystemChanges++;
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.FileSystem, true, deviceObject.Address, VirtualAddress.Null, deviceObject.Address));

        // A registered control device is ready for mounts (Doc: IoRegisterFileSystem).
        deviceObject.SetFlags(Memory, deviceObject.Flags & ~DeviceFlags.DeviceInitializing);
        await NotifyFileSystemWatchers(deviceObject, isActive: true);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.19")]
    internal async GuestTask IoUnregisterFileSystem(DeviceObject deviceObject)
    {
        if (_fileSystems.RemoveAll(f => f.Address == deviceObject.Address) == 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "IoUnregisterFileSystem of a device that is not registered");
        _fileSystemChanges++;
        await NotifyFileSystemWatchers(deviceObject, isActive: false);
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.FileSystem, false, deviceObject.Address, VirtualAddress.Null, deviceObject.Address));
        ChangeIoCount(deviceObject, -1, ReferenceCause.FileSystemRegistration, deviceObject.Address);
        await CompletePending(deviceObject);
    }

    /// <summary>Asks to be told of file systems; holds the driver object (T-61).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.24")]
    internal async GuestTask<NtStatus> IoRegisterFsRegistrationChange(DriverObject driverObject, VirtualAddress driverNotificationRoutine)
    {
        if (_fileSystemWatchers.Exists(w => w.Driver.Address == driverObject.Address && w.Routine == driverNotificationRoutine))
            return NtStatus.DeviceAlreadyAttached;
        _kernel.Ob.Reference(driverObject.Address, ReferenceCause.FileSystemNotification, driverNotificationRoutine);
        _fileSystemWatchers.Add((driverObject, driverNotificationRoutine));
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.FileSystemNotification, true, driverNotificationRoutine, driverNotificationRoutine, driverObject.Address));

        // Those that are registered already are reported at once (Doc: IoRegisterFsRegistrationChange, XP and later).
        foreach (var device in _fileSystems.ToArray())
            await CallWatcher(driverObject, driverNotificationRoutine, device, isActive: true);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.24")]
    internal async GuestTask IoUnregisterFsRegistrationChange(DriverObject driverObject, VirtualAddress driverNotificationRoutine)
    {
        if (_fileSystemWatchers.RemoveAll(w => w.Driver.Address == driverObject.Address && w.Routine == driverNotificationRoutine) == 0)
            return;
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.FileSystemNotification, false, driverNotificationRoutine, driverNotificationRoutine, driverObject.Address));
        await _kernel.Ob.Dereference(driverObject.Address, ReferenceCause.FileSystemNotification, driverNotificationRoutine);
    }

    private async GuestTask NotifyFileSystemWatchers(DeviceObject device, bool isActive)
    {
        foreach (var (driver, routine) in _fileSystemWatchers.ToArray())
            await CallWatcher(driver, routine, device, isActive);
    }

    private async GuestTask CallWatcher(DriverObject driver, VirtualAddress routine, DeviceObject device, bool isActive) =>
        await _kernel.CallDriver(
            DriverCallKind.Notification, driver.Address, _kernel.CurrentThread, routine, device.Address.Value, isActive ? 1UL : 0);
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The two steps of leaving: the attempt, and the release of the image (spec section 3).</summary>
internal sealed partial class IoManager
{
    private const DeviceObjectExtensionFlags Pending =
        DeviceObjectExtensionFlags.DeletePending | DeviceObjectExtensionFlags.RemovePending;

    /// <summary>The attempt through NtUnloadDriver: success means that it was accepted, not that the driver left (U-3.24).</summary>
    /// <param name="by">The service control manager, or a driver that called ZwUnloadDriver.</param>
    public async GuestTask<NtStatus> UnloadDriver(string serviceKeyPath, Attempter by)
    {
        if (serviceKeyPath.Length == 0)
            return Refuse(null, serviceKeyPath, by, NtStatus.InvalidParameter);
        if (_kernel.Cm.FindKey(serviceKeyPath) is null)
            return Refuse(null, serviceKeyPath, by, NtStatus.ObjectNameNotFound);
        if (FindDriver(serviceKeyPath) is not { } driver)
            return Refuse(null, serviceKeyPath, by, NtStatus.ObjectNameNotFound);

        _kernel.Ob.Reference(driver.Address, ReferenceCause.Transient);
        var status = await AttemptUnload(driver, by);
        await _kernel.Ob.Dereference(driver.Address, ReferenceCause.Transient);
        return status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-3.2")]
    internal GuestTask<NtStatus> ZwUnloadDriver(UnicodeString driverServiceName) =>
        UnloadDriver(driverServiceName.ToText(), Attempter.Driver);

    /// <summary>The attempt of the PnP manager after it has processed the removal of a stack (U-3.50 to U-3.55).</summary>
    /// <returns>True when DriverUnload ran.</returns>
    public async GuestTask<bool> AttemptPnpUnload(DriverObject driver)
    {
        if (driver.DriverUnload.IsNull || driver.DeviceObject is not null || (driver.Flags & DriverObjectFlags.UnloadInvoked) != 0)
            return false;
        await InvokeUnload(driver, Attempter.Pnp);
        return true;
    }

    /// <summary>
    /// An accepted attempt goes on when nothing defers it any more (U-3.44). The caller has just taken away an open, an
    /// attachment or a device.
    /// </summary>
    /// <param name="deleted">What was pending on the device that was taken away; it may have been the last one of the attempt.</param>
    public GuestTask CompleteDeferredUnload(DriverObject driver, DeviceObjectExtensionFlags deleted = 0)
    {
        if ((driver.Flags & DriverObjectFlags.UnloadInvoked) != 0)
            return GuestTask.CompletedTask;
        var devices = DevicesOf(driver);
        if ((deleted & DeviceObjectExtensionFlags.UnloadPending) == 0 && !devices.Exists(d => (ExtensionFlagsOf(d) & DeviceObjectExtensionFlags.UnloadPending) != 0))
            return GuestTask.CompletedTask;
        if (devices.Exists(d => Defers(d) || (ExtensionFlagsOf(d) & Pending) != 0))
            return GuestTask.CompletedTask;

        // U-3.47: a system thread runs DriverUnload, not the thread that closed the handle.
        driver.SetFlags(Memory, driver.Flags | DriverObjectFlags.UnloadInvoked);
        _kernel.Ob.Reference(driver.Address, ReferenceCause.Transient);
        _kernel.Ex.QueueWork(async _ =>
        {
            await InvokeUnload(driver, Attempter.Io);
            await _kernel.Ob.Dereference(driver.Address, ReferenceCause.Transient);
        });
        return GuestTask.CompletedTask;
    }

    /// <summary>U-3.14 to U-3.21: the first condition that fails decides.</summary>
    private async GuestTask<NtStatus> AttemptUnload(DriverObject driver, Attempter by)
    {
        var name = driver.DriverName.ToText();
        if ((driver.Flags & DriverObjectFlags.UnloadInvoked) != 0)
            return Refuse(driver, name, by, NtStatus.DeletePending);
        if (driver.DriverUnload.IsNull)
            return Refuse(driver, name, by, NtStatus.InvalidDeviceRequest);
        if (driver.DriverExtension is { } extension && !extension.AddDevice.IsNull)
            return Refuse(driver, name, by, NtStatus.InvalidDeviceRequest);
        if (driver.DriverSection is null)
            return Refuse(driver, name, by, NtStatus.InvalidDeviceRequest);

        var devices = DevicesOf(driver);
        foreach (var device in devices)
            SetExtensionFlags(device, ExtensionFlagsOf(device) | DeviceObjectExtensionFlags.UnloadPending);
        foreach (var device in devices)
        {
            if (Defers(device))
            {
                _kernel.Record(new UnloadRecord(UnloadStep.Deferred, driver.Address, name, by, NtStatus.Success) { Device = device.Address });
                return NtStatus.Success;
            }
        }

        await InvokeUnload(driver, by);
        return NtStatus.Success;
    }

    /// <summary>U-3.19: an open or a device above defers; U-3.20: a device below does not.</summary>
    private static bool Defers(DeviceObject device) => device.ReferenceCount != 0 || device.AttachedDevice is not null;

    /// <summary>U-3.21 to U-3.24: calls DriverUnload and drops what the system holds.</summary>
    private async GuestTask InvokeUnload(DriverObject driver, Attempter by)
    {
        var name = driver.DriverName.ToText();
        driver.SetFlags(Memory, driver.Flags | DriverObjectFlags.UnloadInvoked);
        _kernel.Record(new UnloadRecord(UnloadStep.Invoked, driver.Address, name, by, NtStatus.Success));
        await _kernel.CallDriver(DriverCallKind.DriverUnload, driver.Address, _kernel.CurrentThread, driver.DriverUnload, driver.Address.Value);
        _kernel.Record(new UnloadRecord(UnloadStep.Returned, driver.Address, name, by, NtStatus.Success));
        await _kernel.Ob.MakeTemporary(driver.Address);
        await _kernel.Ob.Dereference(driver.Address, ReferenceCause.KeepAlive);
    }

    /// <summary>The delete procedure of driver objects: the last reference is gone, the image follows (U-3.80, U-3.81).</summary>
    private async GuestTask DeleteDriverObject(VirtualAddress body)
    {
        var driver = new DriverObject(Memory, body);
        var name = driver.DriverName.ToText();
        var image = ImageOf(driver);
        FreeClientExtensions(driver);
        FreeText(driver.DriverName);
        if (driver.DriverExtension is { } extension)
        {
            FreeText(extension.ServiceKeyName);
            if (!extension.FsFilterCallbacks.IsNull)
                _kernel.Ex.NonPagedPool.Free(extension.FsFilterCallbacks);
        }

        _kernel.Record(new UnloadRecord(UnloadStep.ObjectFreed, body, name, Attempter.None, NtStatus.Success));
        if (image is not null)
            await ReleaseImage(image, body, name, ReferenceCause.ImageMapping);
    }

    /// <summary>Drops one load count; at zero the image leaves, and with it its hold on the images that it imports (U-2.30, U-2.31).</summary>
    private async GuestTask ReleaseImage(LoadedImage image, VirtualAddress holder, string name, ReferenceCause cause)
    {
        if (_kernel.Images.ChangeLoadCount(image, -1, cause, holder) > 0)
            return;
        CheckLeaving(image);
        _kernel.Images.Unmap(image);
        _kernel.Record(new UnloadRecord(UnloadStep.ImageGone, holder, name, Attempter.None, NtStatus.Success));
        foreach (var library in image.Dependencies)
            await ReleaseLibrary(library, image);
    }

    private async GuestTask ReleaseLibrary(LoadedImage library, LoadedImage importer)
    {
        // U-2.31: a library leaves with its last importer only if it exports both DllInitialize and DllUnload.
        var entry = new KldrDataTableEntry(Memory, library.LoaderEntry);
        var last = entry.LoadCount == 1;
        if (last && library.Pe!.FindExport("DllUnload") is { Forwarder: null } unload && library.Pe.FindExport("DllInitialize") is not null)
        {
            await _kernel.CallDriver(DriverCallKind.DllUnload, VirtualAddress.Null, _kernel.CurrentThread, library.Base + unload.Rva.Value);
            await ReleaseImage(library, importer.LoaderEntry, library.FileName, ReferenceCause.ImageImport);
        }
        else if (!last)
            _kernel.Images.ChangeLoadCount(library, -1, ReferenceCause.ImageImport, importer.LoaderEntry);
    }

    /// <summary>Maps a library's own start: DllInitialize with the service key of the driver that brought it (U-2.31).</summary>
    private async GuestTask InitializeLibrary(LoadedImage library, string serviceKeyPath)
    {
        // The library's own mapping holds one count until its last importer takes it over.
        _kernel.Images.ChangeLoadCount(library, -1, ReferenceCause.ImageMapping, VirtualAddress.Null);
        if (library.Pe!.FindExport("DllInitialize") is not { Forwarder: null } initialize)
            return;
        var path = CreateRegistryPath(serviceKeyPath);
        await _kernel.CallDriver(
            DriverCallKind.DllInitialize, VirtualAddress.Null, _kernel.CurrentThread, library.Base + initialize.Rva.Value, path.Value);
        _kernel.Ex.PagedPool.Free(path);
    }

    private NtStatus Refuse(DriverObject? driver, string name, Attempter by, NtStatus status)
    {
        _kernel.Record(new UnloadRecord(UnloadStep.Refused, driver?.Address ?? VirtualAddress.Null, name, by, status));
        return status;
    }

    private void FreeText(UnicodeString text)
    {
        if (!text.Buffer.IsNull)
            _kernel.Ex.NonPagedPool.Free(text.Buffer);
    }
}

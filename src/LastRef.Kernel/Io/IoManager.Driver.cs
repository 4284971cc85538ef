using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Kernel;

/// <summary>Loading drivers (spec section 2).</summary>
internal sealed partial class IoManager
{
    /// <summary>Where services have their keys (Doc: "HKLM\SYSTEM\CurrentControlSet\Services Registry Tree").</summary>
    public const string ServicesKey = @"\Registry\Machine\System\CurrentControlSet\Services";

    private const int MajorFunctions = 28;
    private const int ServiceTypeFileSystem = 2;
    private const int ServiceTypeRecognizer = 8;
    private VirtualAddress _hardwareDatabase;

    /// <summary>True when the last load that ended had come as far as DriverEntry.</summary>
    internal bool LastLoadRanEntry { get; private set; }

    /// <summary>Loads the driver of a service, as NtLoadDriver and the PnP manager do.</summary>
    /// <param name="serviceKeyPath">Full registry path of the service key.</param>
    /// <returns>The status that the loader is told (U-2.3, U-2.16), and the driver object on success.</returns>
    public async GuestTask<(NtStatus Status, DriverObject? Driver)> LoadDriver(string serviceKeyPath)
    {
        LastLoadRanEntry = false;
        if (_kernel.Cm.FindKey(serviceKeyPath) is not { } key)
            return (NtStatus.ObjectNameNotFound, null);
        var serviceName = serviceKeyPath[(serviceKeyPath.LastIndexOf('\\') + 1)..];
        var objectName = DriverObjectName(serviceKeyPath, serviceName);
        var imagePath = _kernel.Cm.QueryString(key, "ImagePath") ?? $@"System32\drivers\{serviceName}.sys";
        var fileName = imagePath[(imagePath.LastIndexOf('\\') + 1)..];
        if (!_kernel.Ob.Lookup(objectName).Object.IsNull || _kernel.Images.FindLoaded(fileName) is not null)
            return RefuseLoad(serviceName, fileName, NtStatus.ImageAlreadyLoaded);
        if (_kernel.Images.FindFile(fileName) is not { } pe)
            return (NtStatus.ObjectNameNotFound, null);

        var (image, libraries) = _kernel.Images.Load(pe, fileName);
        foreach (var library in libraries)
        {
            await _kernel.Ps.NotifyImage(library);
            await InitializeLibrary(library, serviceKeyPath);
        }

        await _kernel.Ps.NotifyImage(image);
        var driver = await CreateDriverObject(objectName, serviceName, image);
        var result = await RunDriverEntry(driver, image, serviceKeyPath);

        // Set last: the entry may have loaded another driver.
        LastLoadRanEntry = true;
        return result;
    }

    private (NtStatus Status, DriverObject? Driver) RefuseLoad(string serviceName, string fileName, NtStatus status)
    {
        var image = _kernel.Images.FindLoaded(fileName);
        var owner = _kernel.Ob.AllOf(ObjectKind.Driver).Select(body => new DriverObject(Memory, body))
            .Where(d => image is not null && d.DriverSection?.Address == image.LoaderEntry).Select(d => (DriverObject?)d).FirstOrDefault();
        _kernel.Record(new LoadRefusedRecord(serviceName, fileName, owner?.DriverExtension?.ServiceKeyName.ToText(), status));
        return (status, null);
    }

    /// <summary>The service's driver object if it is in the namespace.</summary>
    public DriverObject? FindDriver(string serviceKeyPath)
    {
        var serviceName = serviceKeyPath[(serviceKeyPath.LastIndexOf('\\') + 1)..];
        var found = _kernel.Ob.Lookup(DriverObjectName(serviceKeyPath, serviceName));
        return found.Object.IsNull || found.Remaining.Length > 0 || _kernel.Ob.KindOf(found.Object) != ObjectKind.Driver
            ? null
            : new DriverObject(Memory, found.Object);
    }

    /// <summary>The image that a driver object names; null for those of IoCreateDriver (U-2.22).</summary>
    public LoadedImage? ImageOf(DriverObject driver) =>
        driver.DriverSection is { } entry ? _kernel.Images.Loaded.FirstOrDefault(i => i.LoaderEntry == entry.Address) : null;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-2.2")]
    internal async GuestTask<NtStatus> ZwLoadDriver(UnicodeString driverServiceName)
    {
        var (status, _) = await LoadDriver(driverServiceName.ToText());
        return status;
    }

    /// <summary>The system service as applications call it, the service control manager among them: it needs a privilege (T-15, U-2.2).</summary>
    public async GuestTask<NtStatus> LoadDriverForUser(VirtualAddress process, string serviceKeyPath) =>
        _kernel.Se.HasPrivilege(process, SecurityMonitor.LoadDriverPrivilege) ? (await LoadDriver(serviceKeyPath)).Status : NtStatus.PrivilegeNotHeld;

    /// <summary>U-2.6: the directory depends on the service's type, and ObjectName overrides the name.</summary>
    private string DriverObjectName(string serviceKeyPath, string serviceName)
    {
        if (_kernel.Cm.FindKey(serviceKeyPath) is { } key)
        {
            if (_kernel.Cm.QueryString(key, "ObjectName") is { Length: > 0 } name)
                return name;
            if (_kernel.Cm.QueryDword(key, "Type") is ServiceTypeFileSystem or ServiceTypeRecognizer)
                return @"\FileSystem\" + serviceName;
        }

        return @"\Driver\" + serviceName;
    }

    /// <summary>Makes the driver object with its extension in one allocation (U-1.2) and enters its name.</summary>
    private async GuestTask<DriverObject> CreateDriverObject(string objectName, string? serviceName, LoadedImage? image)
    {
        var objectBytes = DriverObject.SizeOf(Memory.Layout);
        var extensionBytes = DriverExtension.SizeOf(Memory.Layout);
        var body = _kernel.Ob.Create(ObjectKind.Driver, (ulong)(objectBytes + extensionBytes), PoolTags.Driver);
        var driver = new DriverObject(Memory, body);
        var extension = new DriverExtension(Memory, body + objectBytes);
        driver.SetType(Memory, 4);
        driver.SetSize(Memory, (short)objectBytes);
        driver.SetDriverExtension(Memory, extension);
        extension.SetDriverObject(Memory, driver);
        driver.SetFlags(Memory, InitialFlags(image));
        if (image is not null)
        {
            driver.SetDriverStart(Memory, image.Base);
            driver.SetDriverSize(Memory, image.ByteCount);
            driver.SetDriverSection(Memory, new KldrDataTableEntry(Memory, image.LoaderEntry));
            driver.SetDriverInit(Memory, image.Base + image.Pe!.AddressOfEntryPoint.Value);
        }

        for (var i = 0; i < MajorFunctions; i++)
            driver.MajorFunction.Set(Memory, i, ImageLoader.ThunkAddress(Thunks.InvalidDeviceRequest));
        driver.SetHardwareDatabase(Memory, new UnicodeString(Memory, HardwareDatabase()));
        _kernel.Rtl.WriteString(driver.DriverName, objectName, PoolTags.String);
        if (serviceName is not null)
            _kernel.Rtl.WriteString(extension.ServiceKeyName, serviceName, PoolTags.String);
        var status = _kernel.Ob.Insert(body, objectName, permanent: true);
        if (!status.IsSuccess)
            await _kernel.Ob.Dereference(body, ReferenceCause.KeepAlive);
        Invariant.Check(status.IsSuccess, $"The driver object {objectName} could not be entered: {status}.");
        return driver;
    }

    /// <summary>U-2.9: an image without IMAGE_DLLCHARACTERISTICS_WDM_DRIVER is treated as legacy.</summary>
    private static DriverObjectFlags InitialFlags(LoadedImage? image) =>
        image is null ? DriverObjectFlags.BuiltinDriver
        : (image.Pe!.DllCharacteristics & ImageDllCharacteristics.WdmDriver) == 0 ? DriverObjectFlags.LegacyDriver
        : 0;

    /// <summary>U-2.7 to U-2.16.</summary>
    private async GuestTask<(NtStatus Status, DriverObject? Driver)> RunDriverEntry(DriverObject driver, LoadedImage image, string serviceKeyPath)
    {
        var path = CreateRegistryPath(serviceKeyPath);
        var result = await _kernel.CallDriver(
            DriverCallKind.DriverEntry, driver.Address, _kernel.CurrentThread, driver.DriverInit, driver.Address.Value, path.Value);
        _kernel.Ex.PagedPool.Free(path);
        var status = new NtStatus((int)result);
        if (!status.IsSuccess)
        {
            // U-2.15: no DriverUnload; the image leaves only if nothing else references the object.
            await _kernel.Ob.MakeTemporary(driver.Address);
            await _kernel.Ob.Dereference(driver.Address, ReferenceCause.KeepAlive);
            return (status, null);
        }

        FinishInitialization(driver);
        _kernel.Images.DiscardInitSections(image);
        await RunReinitialization(driver);
        return (status, driver);
    }

    /// <summary>U-2.11.</summary>
    private void FinishInitialization(DriverObject driver)
    {
        for (var i = 0; i < MajorFunctions; i++)
        {
            if (driver.MajorFunction[i].IsNull)
                driver.MajorFunction.Set(Memory, i, ImageLoader.ThunkAddress(Thunks.InvalidDeviceRequest));
        }

        driver.SetFlags(Memory, driver.Flags | DriverObjectFlags.Initialized);
        foreach (var device in DevicesOf(driver))
            device.SetFlags(Memory, device.Flags & ~DeviceFlags.DeviceInitializing);
    }

    /// <summary>U-2.8: page aligned, the text directly behind the structure, no terminator counted.</summary>
    private VirtualAddress CreateRegistryPath(string serviceKeyPath)
    {
        var bytes = WideText.Bytes(serviceKeyPath);
        var header = UnicodeString.SizeOf(Memory.Layout);
        var address = _kernel.Ex.PagedPool.Allocate(4096 + (ulong)(header + bytes.Length), PoolTags.Io, null);
        var text = new UnicodeString(Memory, address);
        text.SetLength(Memory, (ushort)bytes.Length);
        text.SetMaximumLength(Memory, (ushort)bytes.Length);
        text.SetBuffer(Memory, address + header);
        Memory.Write(address + header, bytes);
        return address;
    }

    private VirtualAddress HardwareDatabase()
    {
        if (_hardwareDatabase.IsNull)
        {
            _hardwareDatabase = _kernel.Ex.NonPagedPool.Allocate((ulong)UnicodeString.SizeOf(Memory.Layout), PoolTags.Io, null);
            _kernel.Rtl.WriteString(new UnicodeString(Memory, _hardwareDatabase), @"\REGISTRY\MACHINE\HARDWARE\DESCRIPTION\SYSTEM", PoolTags.String);
        }

        return _hardwareDatabase;
    }

    /// <summary>The driver's devices by NextDevice; a list that does not end is a corrupted driver object.</summary>
    internal List<DeviceObject> DevicesOf(DriverObject driver) => [.. Walk(driver)];

    /// <summary>The list as far as the caller goes on with it, which may change what it has passed.</summary>
    private static IEnumerable<DeviceObject> Walk(DriverObject driver)
    {
        const int limit = 100_000;
        var count = 0;
        for (var device = driver.DeviceObject; device is { } d; device = d.NextDevice)
        {
            if (count++ >= limit)
                throw MachineStopException.Unsupported(UnsupportedKind.Limit, $"the device list of a driver object has more than {limit} entries or a cycle");
            yield return d;
        }
    }
}

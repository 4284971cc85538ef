using LastRef.Nt;

namespace LastRef;

/// <summary>Driver objects and device objects.</summary>
public sealed partial class MachineSurvey
{
    private const short DriverType = 4;
    private const short DeviceType = 3;
    private const short ExtensionType = 0x0D;
    private readonly Dictionary<VirtualAddress, SurveyedDriver> _drivers = [];
    private readonly Dictionary<VirtualAddress, SurveyedDevice?> _devices = [];
    private bool _driversRead;

    /// <summary>Driver objects in <c>\Driver</c> and <c>\FileSystem</c>, and others that a device or a pool scan led to.</summary>
    public IReadOnlyCollection<SurveyedDriver> Drivers
    {
        get
        {
            if (!_driversRead)
            {
                _driversRead = true;
                foreach (var body in ObjectsIn("Driver").Concat(ObjectsIn("FileSystem")))
                    AddDriver(body);

                // A driver that is being torn down has lost its name; its devices with names have not.
                foreach (var body in ObjectsIn("Device").Where(IsDevice))
                {
                    if (TryPointer(new DeviceObject(Target, body).DriverObjectAddress, out var driver))
                        AddDriver(driver);
                }
            }

            return _drivers.Values;
        }
    }

    /// <summary>The driver object at an address; null with a gap when there is none.</summary>
    public SurveyedDriver? DriverAt(VirtualAddress address)
    {
        _ = Drivers;
        return _drivers.GetValueOrDefault(address) ?? AddDriver(address);
    }

    /// <summary>The device object at an address; null with a gap when there is none.</summary>
    public SurveyedDevice? DeviceAt(VirtualAddress address)
    {
        if (!_devices.TryGetValue(address, out var device))
            _devices[address] = device = address.IsKernel ? Try("the device object", address, () => ReadDevice(new DeviceObject(Target, address))) : null;
        return device;
    }

    /// <summary>What is mounted on a storage device, and how many references its volume parameter block counts; null when nothing is.</summary>
    /// <remarks>Fact: VPB, ntifs.h: DeviceObject is the file system's device of the mounted volume.</remarks>
    public string? MountedOn(SurveyedDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Try("the volume parameter block", device.Address, () =>
        {
            if (new DeviceObject(Target, device.Address).Vpb is not { } vpb || !vpb.Address.IsKernel || vpb.DeviceObject is not { } volume)
                return null;
            return $"{DeviceAt(volume.Address)?.DriverName ?? volume.Address.ToString()} ({vpb.ReferenceCount})";
        });
    }

    /// <summary>A driver's devices with all that stand above and below them.</summary>
    public IReadOnlyList<SurveyedDevice> StacksOf(SurveyedDriver driver)
    {
        ArgumentNullException.ThrowIfNull(driver);
        var devices = new Dictionary<VirtualAddress, SurveyedDevice>();
        var todo = new Queue<VirtualAddress>(driver.Devices.Items);
        while (todo.TryDequeue(out var address))
        {
            if (devices.ContainsKey(address) || DeviceAt(address) is not { } device)
                continue;
            devices.Add(address, device);
            if (devices.Count >= _options.ListLimit)
            {
                Gap($"the device stacks of {driver.Name}: stopped after {devices.Count} devices");
                break;
            }

            if (!device.AttachedDevice.IsNull)
                todo.Enqueue(device.AttachedDevice);
            if (!device.AttachedTo.IsNull)
                todo.Enqueue(device.AttachedTo);
        }

        return [.. devices.Values];
    }

    private SurveyedDriver? AddDriver(VirtualAddress body)
    {
        if (!body.IsKernel || (body.Value & 7) != 0)
            return null;
        if (_drivers.TryGetValue(body, out var known))
            return known;
        var driver = Try("the driver object", body, () => ReadDriver(new DriverObject(Target, body)));
        if (driver is not null)
            _drivers.Add(body, driver);
        return driver;
    }

    private SurveyedDriver? ReadDriver(DriverObject driver)
    {
        if (driver.Type != DriverType || driver.Size < 0x100)
        {
            Gap($"what should be a driver object at {driver.Address} has Type {driver.Type}, Size 0x{driver.Size:x}");
            return null;
        }

        var name = NameOf(driver.Address);
        var devices = driver.Devices(_options.ListLimit);
        NoteEnd($"the device list of {name ?? driver.Address.ToString()}", devices);
        var (pointers, handles) = CountsOf(driver.Address);
        var extension = driver.DriverExtension;
        var start = driver.DriverStart;
        var section = driver.DriverSection?.Address ?? default;
        var isExtensionReadable = extension is { } e && Target.TryRead(e.AddDeviceAddress, new byte[8], out _);
        if (!isExtensionReadable && extension is not null)
            Gap($"the driver extension of {name ?? driver.Address.ToString()} at {extension.Value.Address} is unreadable");
        return new SurveyedDriver(
            driver.Address, name ?? driver.DriverName.TryToText(out _, NameLimit), name is not null,
            Modules.FirstOrDefault(module => module.Entry == section || (!start.IsNull && module.Base == start))?.Name,
            isExtensionReadable ? TextOf(extension!.Value.ServiceKeyName) : "", driver.Flags, start, driver.DriverSize, section,
            driver.DriverUnload, isExtensionReadable ? extension!.Value.AddDevice : default, pointers, handles,
            new Walk<VirtualAddress>([.. devices.Items.Select(d => d.Address)], devices.End, devices.At, devices.Failure));
    }

    private SurveyedDevice? ReadDevice(DeviceObject device)
    {
        if (device.Type != DeviceType)
        {
            Gap($"what should be a device object at {device.Address} has Type {device.Type}");
            return null;
        }

        var extension = device.DeviceObjectExtension;
        var isWhole = extension is { } e && Target.TryRead(e.Address, new byte[8], out _) && Target.ReadUInt16(e.Address) == ExtensionType;
        if (!isWhole)
            Gap($"the extension of the device at {device.Address} is unreadable or none");
        var driver = device.DriverObject?.Address ?? default;
        return new SurveyedDevice(
            device.Address, driver, driver.IsNull ? null : DriverAt(driver)?.Name, NameOf(device.Address), device.ReferenceCount,
            CountsOf(device.Address).Pointers, device.Flags, isWhole ? extension!.Value.ExtensionFlags : 0, device.AttachedDevice?.Address ?? default,
            isWhole ? extension!.Value.AttachedTo?.Address ?? default : default, isWhole ? extension!.Value.DeviceNode?.Address ?? default : default,
            device.CurrentIrp?.Address ?? default);
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>The device's stack and the bus below it, as the profile has them.</summary>
internal sealed partial class ScenarioRun
{
    private const string EnumKey = @"\Registry\Machine\System\CurrentControlSet\Enum\";
    private const string ClassKey = @"\Registry\Machine\System\CurrentControlSet\Control\Class\";

    private readonly List<PnpDevice> _buses = [];
    private InterruptLines? _lines;
    private bool _childStarted;

    /// <summary>What the starts of devices below a real bus ended with; null when one succeeded or there is no such bus.</summary>
    public NtStatus? ChildStartFailure { get; private set; }

    private NeighbourRole RoleOf(LabService service) => _subject.Neighbours.First(n => n.FileName == service.FileName).Role;

    /// <summary>The device that the driver gets, with the drivers of its stack.</summary>
    private DeviceIdentity Identity(int instance)
    {
        var identity = OnItsBus(_subject.Profile, instance, StackIdentity());
        WriteFilterValues(identity);
        return identity;
    }

    /// <summary>Adds what a device's bus says of it.</summary>
    private DeviceIdentity OnItsBus(DeviceProfile profile, int instance, DeviceIdentity stack)
    {
        var identity = stack with
        {
            InstancePath = $@"{profile.DeviceId}\{InstanceName(profile, instance)}",
            HardwareIds = profile.HardwareIds,
            CompatibleIds = profile.CompatibleIds,
            Resources = [.. profile.Resources.Select(r => r.ToDeviceResource())],
            RawDeviceOk = profile.IsRaw,
            Hardware = LabDrivers.HardwareOf(Machine.Kernel, profile, instance),
        };
        return profile.Bus == ProfileBus.Usb ? identity with { BusType = UsbDevice.BusType, LegacyBusType = 15 } : identity;
    }

    private static string InstanceName(DeviceProfile profile, int instance) =>
        profile.Instance is null ? $"{instance}" : instance == 0 ? profile.Instance : $"{profile.Instance}{instance}";

    /// <summary>The drivers of the device's stack in the order of U-2.25; the driver under test stands nearest to the function driver among its kind.</summary>
    private DeviceIdentity StackIdentity()
    {
        var profile = _subject.Profile;
        var own = Service.Name;
        var above = _subject.Neighbours.Where(n => n.Role == NeighbourRole.UpperFilter).Select(n => n.ServiceName);
        return new DeviceIdentity
        {
            InstancePath = "",
            Service = profile.Position == ProfilePosition.Function ? own : profile.Function ?? LabDrivers.NullFunction,
            LowerFilters =
            [
                .. At(profile.Filters.Lower, ProfilePosition.LowerFilter, atEnd: true),
                .. At(profile.Filters.ClassLower, ProfilePosition.ClassLowerFilter, atEnd: true),
            ],
            UpperFilters =
            [
                .. At(profile.Filters.Upper, ProfilePosition.UpperFilter, atEnd: false),
                .. above,
                .. At(profile.Filters.ClassUpper, ProfilePosition.ClassUpperFilter, atEnd: false),
            ],
            ClassGuid = profile.ClassGuid,
            ClassName = profile.ClassName,
            Description = profile.Description,
        };

        IEnumerable<string> At(IReadOnlyList<string> others, ProfilePosition position, bool atEnd) =>
            profile.Position != position || others.Contains(own, StringComparer.OrdinalIgnoreCase) ? others
            : atEnd ? others.Append(own)
            : others.Prepend(own);
    }

    /// <summary>Filters stand in the registry, the device's with the device and the class's with the class (Doc: "Registry Values for Filters").</summary>
    private void WriteFilterValues(DeviceIdentity identity)
    {
        var filters = _subject.Profile.Filters;
        Write(EnumKey + identity.InstancePath, "LowerFilters", filters.Lower);
        Write(EnumKey + identity.InstancePath, "UpperFilters", filters.Upper);
        Write(ClassKey + identity.ClassGuid, "LowerFilters", filters.ClassLower);
        Write(ClassKey + identity.ClassGuid, "UpperFilters", filters.ClassUpper);

        void Write(string key, string name, IReadOnlyList<string> services)
        {
            if (services.Count > 0)
                Machine.Kernel.Cm.CreateKey(key).SetValue(RegistryValue.Strings(name, services));
        }
    }

    private DeviceIdentity BusIdentity(string service, int instance)
    {
        var profile = _subject.Profile.ParentDevice ?? new DeviceProfile { DeviceId = @"LASTREF\BUS", HardwareIds = [@"LASTREF\BUS"], Description = "LastRef lab bus" };
        return OnItsBus(profile, instance, new DeviceIdentity
        {
            InstancePath = "",
            Service = service,
            LowerFilters = [.. profile.Filters.Lower, .. profile.Filters.ClassLower],
            UpperFilters = [.. profile.Filters.Upper, .. profile.Filters.ClassUpper],
            ClassGuid = profile.ClassGuid,
            ClassName = profile.ClassName,
            Description = profile.Description,
        });
    }

    /// <summary>Plugs in a device whose function driver is the profile's bus driver; the driver under test gets its children.</summary>
    private void PlugInBus()
    {
        var parent = _subject.Profile.Parent ?? throw new InvariantException("The profile has no parent.");
        var bus = Machine.PlugIn(BusIdentity(parent, _instances++));
        NoteDriver();
        if (bus is null)
            return;
        _lines?.Started();
        LetSettle();
        _buses.Add(bus);
        var id = _subject.Profile.HardwareIds.Count > 0 ? _subject.Profile.HardwareIds[0] : "";
        PnpDevice[] children = [.. Machine.Kernel.Pnp.Devices.Where(d => d.Parent == bus && d.Identity.HardwareIds.Contains(id, StringComparer.OrdinalIgnoreCase))];
        _devices.AddRange(children);
        if (children.Any(c => c.IsStarted))
            _childStarted = true;
        ChildStartFailure = _childStarted ? null : children.LastOrDefault()?.Failure ?? NtStatus.NoSuchDevice;
    }

    private void LetSettle()
    {
        if (_subject.Profile.SettleSeconds > 0)
            Machine.LetTimePass(_subject.Profile.SettleSeconds * 10_000_000L);
    }

    /// <summary>Pulling a bus out takes its children with it (U-5.31).</summary>
    private void PullOutBuses()
    {
        foreach (var bus in _buses.Where(b => !b.IsDeleted && !b.IsSurpriseRemoved).ToArray())
            Machine.PullOut(bus);
    }

    private void RemoveBuses()
    {
        foreach (var bus in _buses.Where(b => b.IsAdded && !b.IsSurpriseRemoved && !b.IsDeleted).ToArray())
            Machine.Remove(bus);
    }

    /// <summary>What the profile puts into the machine before anything runs: registers, the lab's drivers, services, registry values, drivers of children.</summary>
    private void ApplyProfile()
    {
        var profile = _subject.Profile;
        ProfileResource[] resources = [.. profile.Resources, .. profile.ParentDevice?.Resources ?? []];
        _lines = new InterruptLines(Machine, resources);
        ProfileHardware.Install(Machine.Kernel, resources, _lines.Raise);
        LabDrivers.Install(Machine.Kernel, profile.Position == ProfilePosition.Function ? StackPlan.Names(profile) : StackPlan.Names(profile).Append(LabDrivers.NullFunction));
        Register(Service.KeyPath, profile.Service, profile.Parameters);
        foreach (var service in profile.Services)
            Register(IoManager.ServicesKey + "\\" + service.Name, service.Registration, service.Parameters);
        foreach (var child in profile.Children)
        {
            Machine.Kernel.Pnp.RegisterInf(child.HardwareId, new DeviceIdentity
            {
                InstancePath = "", Service = child.Service, LowerFilters = child.LowerFilters, UpperFilters = child.UpperFilters,
            });
        }

        if (profile.Parent is not null && profile.HardwareIds.Count > 0)
            Machine.Kernel.Pnp.RegisterInf(profile.HardwareIds[0], StackIdentity());
    }

    private void Register(string keyPath, ProfileRegistration registration, IReadOnlyDictionary<string, ProfileValue> values)
    {
        var key = Machine.Kernel.Cm.CreateKey(keyPath);
        key.SetValue(RegistryValue.Dword("Start", (uint)registration.Start));
        if (registration.DisplayName is { } name)
            key.SetValue(RegistryValue.String("DisplayName", name));
        if (registration.Group is { } group)
            key.SetValue(RegistryValue.String("Group", group));
        if (registration.DependsOn.Count > 0)
            key.SetValue(RegistryValue.Strings("DependOnService", registration.DependsOn));
        var parameters = Machine.Kernel.Cm.CreateKey(keyPath + @"\Parameters");
        foreach (var (valueName, value) in values)
            parameters.SetValue(value.ToRegistryValue(valueName));
    }
}

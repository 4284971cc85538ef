using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>What a run sets up before and beside the driver: faults, the device's identity, neighbours.</summary>
internal sealed partial class ScenarioRun
{
    private readonly HashSet<string> _filters = new(StringComparer.OrdinalIgnoreCase);
    private LabFaults _faults;

    private void Prepare()
    {
        _faults = (Scenario.EntryFails ? LabFaults.NamesTaken : 0)
            | (Scenario.AddDeviceFails ? LabFaults.AttachFails : 0)
            | (Scenario.StartFails ? LabFaults.StartFails : 0);
        Machine.Kernel.Pnp.Bus.FailsStart = (_faults & LabFaults.StartFails) != 0;
        if ((_faults & LabFaults.AttachFails) != 0)
        {
            // The Safe form returns a status, the other the device that it attached to (Doc: IoAttachDeviceToDeviceStack).
            Machine.Kernel.FailingRoutines["IoAttachDeviceToDeviceStack"] = 0;
            Machine.Kernel.FailingRoutines["IoAttachDeviceToDeviceStackSafe"] = unchecked((uint)NtStatus.NoSuchDevice.Value);
        }

        if ((_faults & LabFaults.NamesTaken) == 0)
            return;
        Machine.Step(StimulusKind.Note, "the names that DriverEntry wants are taken", _ =>
        {
            foreach (var name in _subject.EntryNames)
                Machine.Kernel.Ob.CreateSymbolicLink(name, @"\Device\Null", out var _);
            return GuestTask.FromResult(NtStatus.Success);
        });
    }

    private void ReleaseFaults()
    {
        _faults = LabFaults.None;
        Machine.Kernel.Pnp.Bus.FailsStart = false;
        Machine.Kernel.FailingRoutines.Clear();
    }

    /// <summary>The device that the driver gets: the profile's, with the driver as function driver and neighbours as filters above.</summary>
    private DeviceIdentity Identity(int instance)
    {
        var profile = _subject.Profile;
        var above = _subject.Neighbours.Where(n => n.Role == NeighbourRole.UpperFilter).Select(n => ServiceName(n.FileName)).ToArray();
        _filters.UnionWith(above);
        return new DeviceIdentity
        {
            InstancePath = $@"{profile.DeviceId}\{instance}",
            HardwareIds = profile.HardwareIds,
            CompatibleIds = profile.CompatibleIds,
            Service = Service.Name,
            UpperFilters = above,
            ClassGuid = profile.ClassGuid,
            ClassName = profile.ClassName,
            Description = profile.Description,
            Resources = [.. profile.Resources.Select(r => r.ToDeviceResource())],
        };
    }

    private void StartNeighbours()
    {
        foreach (var neighbour in _neighbours)
        {
            if (_subject.Neighbours.First(n => n.FileName == neighbour.FileName).Role == NeighbourRole.Service && Machine.DriverOf(neighbour) is null)
            {
                AddClient(neighbour.FileName, Party.Neighbour, isOfLab: false, "runs beside the driver and is stopped before the conclusion");
                Machine.StartService(neighbour);
            }
        }
    }

    /// <summary>Registry values and resources that the profile gives the driver.</summary>
    private void ApplyProfile()
    {
        ProfileHardware.Install(Machine.Kernel, _subject.Profile.Resources);
        var parameters = Machine.Kernel.Cm.CreateKey(Service.KeyPath + @"\Parameters");
        foreach (var (name, value) in _subject.Profile.Parameters)
            parameters.SetValue(value.ToRegistryValue(name));
        foreach (var child in _subject.Profile.Children)
            Machine.Kernel.Pnp.RegisterInf(child.HardwareId, new DeviceIdentity { InstancePath = "", Service = child.Service });
    }

    private static string ServiceName(string fileName)
    {
        var dot = fileName.LastIndexOf('.');
        return dot > 0 ? fileName[..dot] : fileName;
    }
}

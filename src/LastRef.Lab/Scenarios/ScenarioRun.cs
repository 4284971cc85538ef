using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>One run of a scenario: the machine, the driver in it, and the levers that scenarios name.</summary>
internal sealed partial class ScenarioRun
{
    /// <summary>How long the conclusion waits for what ends by itself, in virtual time.</summary>
    private const long Patience100ns = 60L * 10_000_000;

    private readonly List<PnpDevice> _devices = [];
    private readonly List<ScenarioClient> _clients = [];
    private readonly List<LabService> _neighbours = [];
    private readonly Subject _subject;
    private int _instances;
    private int _applications;
    private DeviceObject? _filter;

    public ScenarioRun(LabMachine machine, Subject subject, Scenario scenario)
    {
        Machine = machine;
        _subject = subject;
        Scenario = scenario;
        Service = machine.InstallDriver(subject.Image, subject.FileName);
        foreach (var neighbour in subject.Neighbours)
            _neighbours.Add(machine.Install(neighbour.Image, neighbour.FileName, neighbour.ServiceName));
        ApplyProfile();
    }

    public LabMachine Machine { get; }

    public Scenario Scenario { get; }

    public LabService Service { get; }

    public IReadOnlyList<PnpDevice> Devices => _devices;

    public IReadOnlyList<ScenarioClient> Clients => _clients;

    /// <summary>The driver object as it was last seen; it may have been freed since.</summary>
    public VirtualAddress DriverObject { get; private set; }

    /// <summary>True when the driver set AddDevice.</summary>
    public bool IsPnp { get; private set; }

    private bool IsSubjectPnp => ScenarioCatalogue.IsPnp(_subject.Traits);

    /// <summary>Brings the driver to work: a legacy one by its service, a PnP one by a device.</summary>
    public void Begin()
    {
        Prepare();
        if (IsSubjectPnp)
            PlugInAnother();
        else
            StartDriver();
        StartNeighbours();
    }

    /// <summary>Starts the service itself, whatever the driver's kind.</summary>
    public NtStatus? StartDriver()
    {
        var status = Machine.StartService(Service);
        NoteDriver();
        if (status is { IsSuccess: true })
            _lines?.Started();
        return status;
    }

    public void PlugInAnother()
    {
        if (_subject.Profile.Parent is not null)
        {
            PlugInBus();
            return;
        }

        var device = Machine.PlugIn(Identity(_instances++));
        NoteDriver();
        if (device is not null)
            _devices.Add(device);
        _lines?.Started();
        LetSettle();
    }

    public void StopService() => Machine.StopService(Service);

    public void RemoveFirstDevice()
    {
        if (_devices.FirstOrDefault(d => d.IsAdded) is { } device)
            Machine.Remove(device);
    }

    public void RemoveDevices()
    {
        foreach (var device in _devices.Where(d => d.IsAdded && !d.IsSurpriseRemoved))
            Machine.Remove(device);
    }

    public void PullOutDevices()
    {
        PullOutBuses();
        foreach (var device in _devices.Where(d => !d.IsDeleted && !d.IsSurpriseRemoved))
            Machine.PullOut(device);
    }

    public void RestartDevices()
    {
        foreach (var device in _devices.Where(d => !d.IsAdded && !d.IsDeleted))
            Machine.AddAndStart(device);
        NoteDriver();
    }

    public void StopOrRemove()
    {
        if (IsSubjectPnp)
            RemoveDevices();
        else
            StopService();
    }

    public void CloseAll() => Machine.CloseAll();

    /// <summary>Everybody lets go and asks again; what is left then is the driver's own doing (architecture, step 4).</summary>
    public void Conclude()
    {
        if (!Machine.IsRunning)
            return;
        if (!Machine.IsDriverGone)
            LetGoAndAskAgain();
        if (Machine is { IsRunning: true, IsDriverGone: true })
            _lines?.Unloaded();
    }

    private void LetGoAndAskAgain()
    {
        Machine.Kernel.Trace.Add(Machine.Kernel.Stamp(new StimulusRecord(StimulusKind.Conclude, Service.Name)));
        CloseAll();
        DetachFilter();
        if (Machine.IsDriverGone)
            return;
        Machine.LetTimePass(10_000_000);
        foreach (var neighbour in _neighbours.Where(n => !Machine.IsDriverGone && Machine.DriverOf(n) is not null && RoleOf(n) == NeighbourRole.Service))
            Machine.StopService(neighbour);
        if (Machine.IsDriverGone)
            return;
        if (IsSubjectPnp || IsPnp)
            ConcludePnp();
        else if (Machine.DriverOf(Service) is { } driver && LabMachine.Look(() => (driver.Flags & DriverObjectFlags.UnloadInvoked) == 0, false))
            StopService();
        Machine.LetTimePass(Patience100ns);
    }

    /// <summary>Devices go; then one more comes and goes, because only a removal makes the PnP manager try again (U-3.8).</summary>
    private void ConcludePnp()
    {
        RemoveDevices();
        PullOutDevicesThatCannotBeRemoved();
        if (Machine.IsDriverGone || !Machine.IsRunning)
            return;
        Machine.LetTimePass(10_000_000);
        if (Machine.IsDriverGone || Scenario.EntryFails || Machine.DriverOf(Service) is null)
            return;
        ReleaseFaults();
        PlugInAnother();
        RemoveDevices();
        RemoveBuses();
    }

    private void PullOutDevicesThatCannotBeRemoved()
    {
        if (_buses.Count > 0 && _devices.Exists(d => d.IsAdded && !d.IsSurpriseRemoved && !d.IsDeleted))
            PullOutBuses();
        foreach (var device in _devices.Where(d => d.IsAdded && !d.IsSurpriseRemoved && !d.IsDeleted))
            Machine.PullOut(device);
    }

    private void NoteDriver()
    {
        if (Machine.DriverOf(Service) is not { } driver)
            return;
        DriverObject = driver.Address;
        IsPnp = LabMachine.Look(() => driver.DriverExtension is { } extension && !extension.AddDevice.IsNull, IsPnp);
    }

    private void AddClient(string image, Party party, bool isOfLab, string task) =>
        _clients.Add(new ScenarioClient(image, party, isOfLab, task));
}

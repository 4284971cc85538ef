namespace LastRef.Reports;

/// <summary>Reads a trace for a page: the story in lanes, and the references to the driver object and its devices with their counters.</summary>
internal sealed class TimelineBuilder(string driverFile, Func<CallSite?, ReportSite?> siteOf)
{
    /// <summary>A driver that makes thousands of devices is not shown whole.</summary>
    private const int ObjectLimit = 64;

    private const int ReferenceLimit = 2_000;

    private readonly Dictionary<VirtualAddress, ReportObject> _current = [];
    private readonly Dictionary<VirtualAddress, string> _names = [];
    private readonly List<ReportObject> _objects = [];
    private readonly List<ReportCount> _counts = [];

    /// <summary>Of each record that touches a shown object, the object that it was then.</summary>
    private readonly Dictionary<int, ReportObject> _objectOf = [];

    /// <summary>The same for the holder of a reference.</summary>
    private readonly Dictionary<int, ReportObject> _holderOf = [];
    private readonly DeviceNames _devices = new();

    public ReportTimeline Build(Trace trace)
    {
        var driver = trace.Of<DriverCallRecord>().FirstOrDefault(call => call.Kind == DriverCallKind.DriverEntry && IsDriver(call.Target.Module));
        foreach (var record in trace.Records)
            Follow(record, driver?.Driver ?? VirtualAddress.Null);
        return new ReportTimeline(Named(), Events(trace), References(trace), _counts);
    }

    private void Follow(TraceRecord record, VirtualAddress driver)
    {
        _devices.Note(record);
        switch (record)
        {
            case NameRecord name:
                _names[name.Object] = name.Path;
                if (_current.TryGetValue(name.Object, out var known))
                    Rename(known, name.Path);
                break;
            case ObjectRecord { Created: true } made:
                _current.Remove(made.Object);
                _names.Remove(made.Object);
                break;
            case ReferenceRecord reference:
                Count(reference, driver);
                break;
        }
    }

    private void Count(ReferenceRecord reference, VirtualAddress driver)
    {
        if (reference.Object == driver && !_current.ContainsKey(driver))
            Show(driver, "driverObject", null);

        // A device of the driver shows itself by its reference on the driver object (U-1.63).
        if (reference is { Cause: ReferenceCause.DeviceOfDriver } && reference.Object == driver && reference.New > reference.Old
            && !_current.ContainsKey(reference.Holder))
            Show(reference.Holder, "device", siteOf(reference.Site));
        if (!_current.TryGetValue(reference.Object, out var shown) || reference.Counter is ReferenceCounter.HandleCount or ReferenceCounter.LoadCount)
            return;
        _objectOf[reference.Sequence] = shown;
        if (_current.TryGetValue(reference.Holder, out var holder))
            _holderOf[reference.Sequence] = holder;
        _counts.Add(new ReportCount(reference.Sequence, shown.Id, ReportNames.Camel(reference.Counter), reference.New));
    }

    private void Show(VirtualAddress address, string kind, ReportSite? made)
    {
        if (_objects.Count >= ObjectLimit)
            return;
        var id = ReportNames.Hex(address.Value);
        var again = _objects.Count(known => known.Id == id || known.Id.StartsWith(id + "/", StringComparison.Ordinal));
        var shown = new ReportObject(
            again == 0 ? id : $"{id}/{again + 1}", kind,
            _names.GetValueOrDefault(address) ?? (kind == "device" ? _devices.NameOf(address) ?? "a device" : driverFile), made);
        _objects.Add(shown);
        _current[address] = shown;
    }

    /// <summary>Objects get their names after they are first counted.</summary>
    private readonly Dictionary<string, string> _laterNames = [];

    private void Rename(ReportObject known, string name) => _laterNames[known.Id] = name;

    private IReadOnlyList<ReportObject> Named() =>
        [.. _objects.Select(known => _laterNames.TryGetValue(known.Id, out var name) ? known with { Name = name } : known)];

    private IReadOnlyList<ReportEvent> Events(Trace trace) =>
        [.. new StoryTeller(driverFile, siteOf).Steps(trace, StoryDetail.Short).Select(step => new ReportEvent(
            step.Record.Sequence, LaneOf(step.Record), MarkOf(step.Record), step.Line))];

    private List<ReportReference> References(Trace trace)
    {
        var names = Named().ToDictionary(known => known.Id, known => known.Name, StringComparer.Ordinal);
        var references = new List<ReportReference>();
        foreach (var pair in ReferencePair.Of(trace))
        {
            if (references.Count >= ReferenceLimit)
                break;
            var taken = pair.Taken;
            if (!_objectOf.TryGetValue(taken.Sequence, out var shown) || IsPassing(pair))
                continue;
            references.Add(new ReportReference(
                shown.Id, ReportNames.Camel(taken.Counter), ReportNames.Camel(taken.Cause), HolderOf(taken, names), taken.Sequence, siteOf(taken.Site),
                pair.Released?.Sequence, siteOf(pair.Released?.Site), pair.IsAmbiguous));
        }

        return references;
    }

    /// <summary>References for the time of one kernel routine say nothing about who stays.</summary>
    private static bool IsPassing(ReferencePair pair) => pair is { Taken.Cause: ReferenceCause.Transient, Released: not null };

    private string? HolderOf(ReferenceRecord taken, Dictionary<string, string> names)
    {
        if (taken.Holder.IsNull)
            return taken.Site?.Module;
        return _holderOf.TryGetValue(taken.Sequence, out var own)
            ? names[own.Id]
            : _names.GetValueOrDefault(taken.Holder) ?? ReportNames.Hex(taken.Holder.Value);
    }

    /// <summary>Where the two steps of an unload begin and end.</summary>
    private static string? MarkOf(TraceRecord record) => record switch
    {
        UnloadRecord { Step: UnloadStep.Refused or UnloadStep.Deferred or UnloadStep.Invoked } => "attempt",
        UnloadRecord { Step: UnloadStep.Returned } => "returned",
        UnloadRecord { Step: UnloadStep.ImageGone } => "gone",
        _ => null,
    };

    private static string LaneOf(TraceRecord record) => record switch
    {
        StimulusRecord stimulus => stimulus.Kind switch
        {
            StimulusKind.LoadDriver or StimulusKind.StopService or StimulusKind.UnloadDriver or StimulusKind.QueryService or StimulusKind.DeleteService or StimulusKind.DeleteServiceKey or StimulusKind.CreateService => "scm",
            StimulusKind.ArriveDevice or StimulusKind.AddDevice or StimulusKind.StartDevice or StimulusKind.QueryRemove or StimulusKind.CancelRemove
                or StimulusKind.RemoveDevice or StimulusKind.SurpriseRemoval or StimulusKind.DisableDevice or StimulusKind.EnableDevice
                or StimulusKind.EjectDevice or StimulusKind.UninstallDevice or StimulusKind.RescanDevices or StimulusKind.UpdateDriver
                or StimulusKind.RebalanceDevice or StimulusKind.DeviceState or StimulusKind.DeviceUsage or StimulusKind.DeviceUsageEnd or StimulusKind.Sleep
                or StimulusKind.Resume or StimulusKind.Shutdown => "pnp",
            StimulusKind.OpenDevice or StimulusKind.CloseHandle or StimulusKind.DeviceControl or StimulusKind.ReadFile or StimulusKind.WriteFile
                or StimulusKind.ProcessExit or StimulusKind.CancelRequests or StimulusKind.DuplicateHandle or StimulusKind.RegisterNotification or StimulusKind.AttachFilter or StimulusKind.DetachFilter => "client",
            _ => "machine",
        },
        UnloadRecord { Step: UnloadStep.Returned } => "driver",
        UnloadRecord { By: Attempter.Scm } => "scm",
        UnloadRecord { By: Attempter.Pnp } => "pnp",
        UnloadRecord or ImageRecord or LoadRefusedRecord => "io",
        VetoRecord or VerifierRecord or IrpRecord => "pnp",
        ClientNotificationRecord => "client",
        SeenRecord { Where: SeenWhere.ServiceControl } => "scm",
        SeenRecord => "pnp",
        DriverCallRecord => "driver",
        _ => "machine",
    };

    private bool IsDriver(string? module) => string.Equals(module, driverFile, StringComparison.OrdinalIgnoreCase);
}

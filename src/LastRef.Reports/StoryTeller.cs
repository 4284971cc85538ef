namespace LastRef.Reports;

/// <summary>Tells what a run did, a line a step, in words that a driver developer knows.</summary>
/// <param name="driverFile">File name of the driver under test.</param>
/// <param name="siteOf">Adds function and line to a place.</param>
public sealed partial class StoryTeller(string driverFile, Func<CallSite?, ReportSite?> siteOf)
{
    private const byte IrpMjPnp = 0x1B;

    /// <summary>Names of the objects met so far: later lines speak of them by name, also after the object has lost it.</summary>
    private readonly Dictionary<VirtualAddress, string> _names = [];

    private DeviceNames _devices = new();

    /// <summary>The steps in order.</summary>
    public IEnumerable<string> Tell(Trace trace, StoryDetail detail)
    {
        ArgumentNullException.ThrowIfNull(trace);
        foreach (var (record, line) in Steps(trace, detail))
            yield return detail == StoryDetail.Full ? $"{record.Sequence,6}  step {record.ScenarioStep,-2}  {Seconds(record.Time100ns)}  {line}" : line;
        if (trace.Truncated)
            yield return "(the trace reached its limit: what followed was not recorded)";
    }

    /// <summary>The steps with the record that each was told of.</summary>
    public IEnumerable<(TraceRecord Record, string Line)> Steps(Trace trace, StoryDetail detail)
    {
        ArgumentNullException.ThrowIfNull(trace);
        _names.Clear();
        _devices = new DeviceNames();
        ReferenceRecord? last = null;
        var begun = detail != StoryDetail.Full;
        foreach (var record in trace.Records)
        {
            Note(record);
            begun |= record is StimulusRecord;
            if (!begun)
                continue;
            if (record is ReferenceRecord { Counter: ReferenceCounter.PointerCount, ObjectType: "Driver", New: 0 } final)
                last = final;
            var line = Short(record, last) ?? (detail == StoryDetail.Full ? Long(record) : null);
            if (line is not null)
                yield return (record, line);
        }
    }

    private void Note(TraceRecord record)
    {
        _devices.Note(record);
        if (record is NameRecord name)
            _names[name.Object] = name.Path;
        else if (record is ObjectRecord { Created: true } made)
            _names.Remove(made.Object);
    }

    private string NameOf(VirtualAddress body) => _names.TryGetValue(body, out var name) ? name : body.ToString();

    private string? Short(TraceRecord record, ReferenceRecord? lastReference) => record switch
    {
        StimulusRecord s => Stimulus(s),
        UnloadRecord u => Unload(u, lastReference),
        ClientNotificationRecord n => $"{n.Client} gets {n.Message} for {n.Subject}{AnswerOf(n)}",
        LoadRefusedRecord l => $"the load for the service {l.Service} is refused with {l.Status}: {l.ImageFile} is in memory{(l.LoadedBy is { } by ? $" for {by}" : "")}",
        SeenRecord n => $"{PlaceOf(n.Where)}: {(n.Where == SeenWhere.DeviceManager ? "code" : n.Where == SeenWhere.SystemLog ? "event" : "")} {n.Code} {n.Name}".Replace("  ", " ", StringComparison.Ordinal).TrimEnd() + $", {n.Text}",
        VetoRecord v => v.VetoType is 3 or 4 or 7 or 11
            ? $"Windows refuses the removal: {VetoName(v.VetoType)} ({v.Name})"
            : $"Windows refuses the removal of {v.Name}: {VetoName(v.VetoType)}{(v.Owner is { } owner && owner != v.Name ? $" ({owner})" : "")}",
        VerifierRecord v => $"Driver Verifier would stop here: bug check 0x{v.Code:X}, rule 0x{v.Rule:X}: {v.Explanation} ({(_names.ContainsKey(v.Object) ? null : _devices.NameOf(v.Object)) ?? NameOf(v.Object)}){At(v)}",
        BugCheckRecord b => $"the machine stops: bug check 0x{b.Code:X}, {b.Explanation}{At(b)}",
        RemoveLockRecord l => $"the remove lock at {l.Lock} {WarningWords(l)}{At(l)}",
        UnsupportedRecord u => $"LastRef cannot go on: {ReportNames.Camel(u.Kind)} {u.Name} is not modelled{At(u)}",
        ImageRecord { Mapped: false } i when IsDriver(i.FileName) => $"the image {i.FileName} left memory",
        DriverCallRecord { Result: { } result } c when c.Kind is DriverCallKind.DriverEntry or DriverCallKind.AddDevice && IsDriver(c.Target.Module) =>
            $"{c.Kind} returned {NtStatus.FromCode((uint)result)}",
        IrpRecord { Step: IrpStep.Sent, Major: IrpMjPnp } i when RemovalName(i.Minor) is { } name => $"{name} sent to {DeviceName(i.Device)}",
        _ => null,
    };

    private static string AnswerOf(ClientNotificationRecord told) => told.Answer switch
    {
        ClientAnswer.Refused => ": it refuses",
        ClientAnswer.TimedOut => ": it does not answer",
        ClientAnswer.Agreed when told.Event == ClientEvent.QueryRemove => ": it agrees",
        _ => "",
    };

    private static string PlaceOf(SeenWhere where) => where switch
    {
        SeenWhere.ServiceControl => "a person reads",
        SeenWhere.DeviceManager => "Device Manager",
        SeenWhere.RemovalCall => "who asked for the removal gets",
        SeenWhere.SystemLog => "system event log",
        _ => "set-up log: veto type",
    };

    private static string Stimulus(StimulusRecord stimulus)
    {
        var what = stimulus.Kind switch
        {
            StimulusKind.LoadDriver => $"load {stimulus.Subject}",
            StimulusKind.StopService => $"sc stop {stimulus.Subject}",
            StimulusKind.UnloadDriver => $"unload {stimulus.Subject}",
            StimulusKind.ArriveDevice => $"plug in {stimulus.Subject}",
            StimulusKind.AddDevice => $"add {stimulus.Subject}",
            StimulusKind.StartDevice => $"start {stimulus.Subject}",
            StimulusKind.OpenDevice => $"open {stimulus.Subject}",
            StimulusKind.CloseHandle => $"close {stimulus.Subject}",
            StimulusKind.DeviceControl => $"device control request: {stimulus.Subject}",
            StimulusKind.ReadFile => $"read: {stimulus.Subject}",
            StimulusKind.WriteFile => $"write: {stimulus.Subject}",
            StimulusKind.QueryRemove => $"ask whether {stimulus.Subject} may be removed",
            StimulusKind.CancelRemove => $"cancel the removal of {stimulus.Subject}",
            StimulusKind.RemoveDevice => $"remove {stimulus.Subject}",
            StimulusKind.SurpriseRemoval => $"pull out {stimulus.Subject}",
            StimulusKind.DisableDevice => $"disable {stimulus.Subject}",
            StimulusKind.EnableDevice => $"enable {stimulus.Subject}",
            StimulusKind.EjectDevice => $"eject {stimulus.Subject}",
            StimulusKind.UninstallDevice => $"uninstall {stimulus.Subject}",
            StimulusKind.RescanDevices => "look for changed hardware",
            StimulusKind.UpdateDriver => $"update the driver of {stimulus.Subject}",
            StimulusKind.RebalanceDevice => $"stop and restart {stimulus.Subject} for a rebalance",
            StimulusKind.DeviceState => $"the state of {stimulus.Subject} changed",
            StimulusKind.DeviceUsage => $"system file on the device: {stimulus.Subject}",
            StimulusKind.DeviceUsageEnd => $"no system file on the device any more: {stimulus.Subject}",
            StimulusKind.Sleep => "the system goes to sleep",
            StimulusKind.Resume => "the system wakes",
            StimulusKind.Shutdown => "the system shuts down",
            StimulusKind.AttachFilter => $"attach filter {stimulus.Subject}",
            StimulusKind.DetachFilter => $"detach filter {stimulus.Subject}",
            StimulusKind.ProcessExit => $"process ends: {stimulus.Subject}",
            StimulusKind.Interrupt => $"interrupt: {stimulus.Subject}",
            StimulusKind.QueryService => $"sc query {stimulus.Subject}",
            StimulusKind.DeleteService => $"sc delete {stimulus.Subject}",
            StimulusKind.DeleteServiceKey => $"delete the registry key of the service {stimulus.Subject}",
            StimulusKind.CreateService => $"create the service {stimulus.Subject}",
            StimulusKind.CancelRequests => $"cancel requests: {stimulus.Subject}",
            StimulusKind.DuplicateHandle => $"duplicate a handle: {stimulus.Subject}",
            StimulusKind.RegisterNotification => $"register for removal: {stimulus.Subject}",
            StimulusKind.Wait => $"wait {stimulus.Subject}",
            StimulusKind.Conclude => stimulus.Subject.Length > 0 ? $"conclusion: {stimulus.Subject}" : "conclusion: every client lets go",
            _ => stimulus.Subject,
        };
        var status = stimulus.Status is { } s ? $" -> {s}" : "";
        var seen = stimulus.Seen is { } text ? $" ({text})" : "";
        return $"> {what}{status}{seen}";
    }

    private string Unload(UnloadRecord unload, ReferenceRecord? lastReference) => unload.Step switch
    {
        UnloadStep.Refused => $"{Who(unload.By)}: unload of {unload.DriverName} refused with {unload.Status}",
        UnloadStep.Deferred => $"{Who(unload.By)}: unload of {unload.DriverName} accepted, but it waits: {DeviceName(unload.Device)} is open or has one attached above",
        UnloadStep.Invoked => $"{Who(unload.By)}: DriverUnload of {unload.DriverName} is called",
        UnloadStep.Returned => "DriverUnload returned",
        UnloadStep.ObjectFreed => lastReference?.Object == unload.Driver
            ? $"the last reference to {unload.DriverName} is gone ({lastReference.Cause}{At(lastReference)})"
            : $"the last reference to {unload.DriverName} is gone",
        UnloadStep.ImageGone => $"{unload.DriverName} is unloaded",
        _ => $"{unload.Step} {unload.DriverName}",
    };

    private static string WarningWords(RemoveLockRecord record)
    {
        var by = $"with tag {record.Tag}{(record.File is { } file ? $" ({file}:{record.Line})" : "")}";
        return record.Warning switch
        {
            RemoveLockWarning.HighWatermark => $"is acquired more often than its owner allows, last {by}",
            RemoveLockWarning.HeldTooLong => $"was held longer than its owner allows {by}",
            _ => $"is still held {by} when REMOVE begins to wait for it",
        };
    }

    private static string Who(Attempter by) => by switch
    {
        Attempter.Scm => "service control manager",
        Attempter.Driver => "another driver (ZwUnloadDriver)",
        Attempter.Pnp => "PnP manager",
        Attempter.Io => "I/O manager (what deferred the unload is gone)",
        _ => "system",
    };

    /// <summary>PNP_VETO_TYPE (spec 5.6).</summary>
    private static string VetoName(int type) => type switch
    {
        1 => "a legacy device",
        2 => "a close is pending",
        3 => "an application refuses",
        4 => "a service refuses",
        5 => "the device is open",
        6 => "the device refuses",
        7 => "a driver refuses",
        8 => "illegal request",
        9 => "not enough power",
        10 => "the device cannot be disabled",
        11 => "a legacy driver",
        12 => "not enough rights",
        13 => "already removed",
        _ => $"veto type {type}",
    };

    private string DeviceName(VirtualAddress device) => _names.GetValueOrDefault(device) ?? _devices.NameOf(device) ?? $"the device at {device}";

    private static string? RemovalName(byte minor) => minor switch
    {
        0x01 => "IRP_MN_QUERY_REMOVE_DEVICE",
        0x02 => "IRP_MN_REMOVE_DEVICE",
        0x03 => "IRP_MN_CANCEL_REMOVE_DEVICE",
        0x04 => "IRP_MN_STOP_DEVICE",
        0x05 => "IRP_MN_QUERY_STOP_DEVICE",
        0x06 => "IRP_MN_CANCEL_STOP_DEVICE",
        0x11 => "IRP_MN_EJECT",
        0x17 => "IRP_MN_SURPRISE_REMOVAL",
        _ => null,
    };

    private string At(TraceRecord record) => siteOf(record.Site) is { } site ? $", at {site}" : "";

    private bool IsDriver(string? module) => string.Equals(module, driverFile, StringComparison.OrdinalIgnoreCase);

    private static string Seconds(long time100ns) => $"{time100ns / 10_000_000}.{time100ns / 10_000 % 1000:000}s";
}

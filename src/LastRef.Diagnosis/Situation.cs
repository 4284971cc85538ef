using LastRef.Nt;

namespace LastRef;

/// <summary>The input of a diagnosis with what every rule asks of it, worked out once.</summary>
internal sealed partial class Situation
{
    public Situation(DiagnosisInput input)
    {
        Capture = input.Capture;
        Trace = input.Trace;
        Context = input.Context;
        Ledger = Trace is null ? new ReferenceLedger() : ReferenceLedger.Of(Trace);
        Calls = [.. Records<DriverCallRecord>()];
        foreach (var record in Records<ObjectRecord>().Where(r => r.Created))
            _created[record.Object] = record;
        foreach (var record in Records<NameRecord>().Where(r => r.Sequence > CreationOf(r.Object)?.Sequence))
            _names[record.Object] = record.Path;
        foreach (var record in Records<ReferenceRecord>().Where(r => r.New > r.Old))
        {
            if (record.Cause == ReferenceCause.DeviceOfDriver)
                _owners[record.Holder] = record.Object;
            else if (record.Counter == ReferenceCounter.Attachment && OwnerOf(record.Object) != OwnerOf(record.Holder))
                _attached.Add(record.Holder);
        }

        foreach (var record in Trace?.Records ?? [])
            _devices.Note(record);
        InstanceStart = Calls.LastOrDefault(c => c.Kind == DriverCallKind.DriverEntry && c.Result is null && IsDriver(c.Driver))?.Sequence ?? 0;
        EntryStatus = FindEntryStatus();
        Attempt = Outcome.AttemptOf(this);
        Image = Outcome.ImageOf(this);
    }

    private readonly Dictionary<VirtualAddress, ObjectRecord> _created = [];
    private readonly Dictionary<VirtualAddress, string> _names = [];

    private readonly DeviceNames _devices = new();
    private readonly HashSet<VirtualAddress> _attached = [];
    private readonly Dictionary<VirtualAddress, VirtualAddress> _owners = [];

    public Capture Capture { get; }

    public Trace? Trace { get; }

    public ScenarioContext Context { get; }

    public ReferenceLedger Ledger { get; }

    /// <summary>Entries into drivers and returns from them, in order.</summary>
    public IReadOnlyList<DriverCallRecord> Calls { get; }

    /// <summary>Where in the trace the life of this driver object begins.</summary>
    public int InstanceStart { get; }

    /// <summary>What DriverEntry returned; null when it did not return or nothing recorded it.</summary>
    public NtStatus? EntryStatus { get; }

    public bool EntryFailed => EntryStatus is { IsSuccess: false };

    /// <summary>What to do about anything that a failed DriverEntry leaves, whose DriverUnload is never called (U-2.15).</summary>
    public string FixOfFailedEntry => Reasons.Of(Reason.DeviceLeftByFailedDriverEntry).Fix;

    public Attempt Attempt { get; }

    public ImageState Image { get; }

    /// <summary>True when the trace is there and whole: only then does absence in it prove anything.</summary>
    public bool SawEverything => Trace is { Truncated: false };

    /// <summary>The bug check: the trace's, or the dump's; null when the machine did not crash.</summary>
    public MachineCrash? Crash => Records<BugCheckRecord>().LastOrDefault() is { } crash
        ? new MachineCrash(crash.Code, [crash.Parameter1, crash.Parameter2, crash.Parameter3, crash.Parameter4])
        : Context.Crash;

    public CapturedDriver? Driver => Capture.Driver;

    public Blame BlameDriver => new(Party.Driver, Context.DriverImage);

    /// <summary>PnP as the unload path sees it: AddDevice is set (U-3.16).</summary>
    public bool IsPnp => Context.IsPnp || Driver is { AddDevice.IsNull: false };

    /// <summary>False of a dump in which no device node names the driver's service: it may be loaded and still wait for its first device.</summary>
    public bool HasHadDevices => Trace is not null || Capture.NodesOfService.Count > 0;

    public IEnumerable<T> Records<T>() where T : TraceRecord => Trace is null ? [] : Trace.Of<T>();

    public bool IsDriver(VirtualAddress driver) => !driver.IsNull && driver == Capture.DriverAddress;

    /// <summary>The same, or the driver object of an earlier load of the driver in this run.</summary>
    public bool IsOrWasDriver(VirtualAddress driver) =>
        IsDriver(driver) || Calls.Any(c => c.Kind == DriverCallKind.DriverEntry && c.Driver == driver && IsOurImage(c.Target.Module));

    public bool IsOurImage(string? module) => string.Equals(module, Context.DriverImage, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whose code a site lies in.</summary>
    public Blame BlameOf(CallSite? site) => site?.Module switch
    {
        null => new Blame(Party.System, ""),
        var module when IsOurImage(module) => BlameDriver,
        var module => new Blame(Party.Neighbour, module),
    };

    /// <summary>Whose driver object that is, by the image or name the capture has for it.</summary>
    public Blame BlameOfDriver(VirtualAddress driver, string? name) =>
        IsDriver(driver) || IsOurImage(name) ? BlameDriver : new Blame(Party.Neighbour, name ?? "");

    /// <summary>The record of an object's making; null when the trace has none.</summary>
    public ObjectRecord? CreationOf(VirtualAddress body) => _created.GetValueOrDefault(body);

    /// <summary>The last path in the object namespace that an object had in the run, even if it has lost it since; null when it had none.</summary>
    public string? PathOf(VirtualAddress body) => _names.GetValueOrDefault(body);

    /// <summary>The driver object of a device that was there in the run, by the reference that each device holds on it (U-1.63).</summary>
    public VirtualAddress OwnerOf(VirtualAddress device) =>
        _owners.TryGetValue(device, out var owner) ? owner : Capture.DeviceAt(device)?.Driver ?? default;

    /// <summary>The last registration that begins at an address; null when the trace has none.</summary>
    public RegistrationRecord? BeginOf(RegistrationRoot root) => Records<RegistrationRecord>()
        .LastOrDefault(r => r.Begin && r.Kind == root.Kind && r.Address == root.Address);

    /// <summary>The call into a driver that was running on the same thread when something happened; null outside of any.</summary>
    public DriverCallRecord? Enclosing(TraceRecord record)
    {
        var open = new Stack<DriverCallRecord>();
        foreach (var call in Calls)
        {
            if (call.Sequence >= record.Sequence)
                break;
            if (call.Thread != record.Thread)
                continue;
            if (call.Result is null)
                open.Push(call);
            else if (open.Count > 0)
                open.Pop();
        }

        return open.Count > 0 ? open.Peek() : null;
    }

    /// <summary>The return that belongs to an entry; null when it never returned.</summary>
    public DriverCallRecord? ReturnOf(DriverCallRecord entry)
    {
        var depth = 0;
        foreach (var call in Calls)
        {
            if (call.Sequence <= entry.Sequence || call.Thread != entry.Thread)
                continue;
            if (call.Result is null)
                depth++;
            else if (depth-- == 0)
                return call;
        }

        return null;
    }

    /// <summary>True when the trace shows that the device was once attached above another driver's device.</summary>
    public bool WasAttachedToAnother(VirtualAddress device) => _attached.Contains(device);

    private NtStatus? FindEntryStatus()
    {
        var entry = Calls.LastOrDefault(c => c.Kind == DriverCallKind.DriverEntry && c.Result is null && IsDriver(c.Driver));
        var result = entry is null ? null : ReturnOf(entry)?.Result;
        if (result is { } value)
            return NtStatus.FromCode((uint)value);
        // Without a trace: a driver object that lost its name and never got DRVO_INITIALIZED.
        var failedUnseen = Trace is null && Driver is { HasName: false } driver
            && (driver.Flags & (DriverObjectFlags.Initialized | DriverObjectFlags.UnloadInvoked)) == 0;
        return failedUnseen ? NtStatus.Unsuccessful : null;
    }
}

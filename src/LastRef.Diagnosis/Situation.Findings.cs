namespace LastRef;

/// <summary>Making findings: certainty and what was not observed follow the same rule everywhere.</summary>
internal sealed partial class Situation
{
    /// <summary>Makes a finding whose certainty follows from its facts and from how much was seen.</summary>
    /// <param name="isComplete">False when part of the evidence that the rule asks for is missing.</param>
    public Finding Find(
        Reason reason, Blame blame, string summary, IReadOnlyList<Holder> holders, IReadOnlyList<Evidence> evidence, CallSite? site,
        string? missing = null, bool isComplete = true, string? rule = null)
    {
        var info = Reasons.Of(reason);
        var unobserved = new List<string>();
        if (Trace is null && !holders.Any(holder => Capture.ReferenceChanges.Any(change => change.Object == holder.Address)))
            unobserved.Add("who took the reference and from where: memory has counts but no history; tracing of objects (gflags /ko, then !obtrace) would settle it");
        else if (Trace is { Truncated: true })
            unobserved.Add("everything after the trace reached its limit");
        if (holders.Any(holder => Ledger.IsAmbiguous(holder.Address)))
            unobserved.Add("which of several references each ObDereferenceObject gave back");
        if (Image == ImageState.Loaded && !EntryFailed && Attempt.State is not AttemptState.Running && info.Phase is Phase.P or Phase.A0 or Phase.A1 or Phase.A2)
            unobserved.Add("what DriverUnload gives back or forgets: it has not run, so more may hold the image once this is fixed");
        unobserved.AddRange(Capture.Gaps.Take(MostGaps));
        var certainty = info.IsInferred || !isComplete || !SawEverything ? Certainty.Likely : Certainty.Proven;
        return new Finding(reason, certainty, blame, rule ?? info.Rule, holders, [.. evidence, .. VerifierOn(holders)], unobserved, site)
        {
            Summary = summary,
            Missing = missing,
            IsInferred = info.IsInferred,
        };
    }

    /// <summary>What Driver Verifier says of the objects that a finding names (spec 8.3).</summary>
    private IEnumerable<Evidence> VerifierOn(IReadOnlyList<Holder> holders) => Records<VerifierRecord>()
        .Where(record => holders.Any(holder => holder.Address == record.Object))
        .Take(MostGaps)
        .Select(record => Evidence.Seen(record, $"Driver Verifier: bug check 0x{record.Code:X}, rule 0x{record.Rule:X}: {record.Explanation}"));

    /// <summary>The device as a holder of its driver object, with the place where it was made.</summary>
    public Holder HolderOf(CapturedDevice device, ReferenceCounter? counter = ReferenceCounter.PointerCount) =>
        new(HolderKind.Device, NameOf(device), device.Address, counter, CreationOf(device.Address)?.Site);

    /// <summary>A device's name for people: its own, the one it had, whose it is, or its address.</summary>
    public string NameOf(CapturedDevice device)
    {
        if ((device.Name ?? PathOf(device.Address)) is { } name)
            return name;
        return _devices.NameOf(device.Address) is { } made
            ? device.IsListed ? made : $"{made} (deleted)"
            : $"the {(device.IsListed ? "unnamed" : "deleted")} device at {device.Address}";
    }

    public string NameOf(VirtualAddress device) =>
        Capture.DeviceAt(device)?.Name ?? PathOf(device) ?? (device == Capture.DriverAddress ? Driver?.Name : null)
        ?? _devices.NameOf(device) ?? $"the device at {device}";

    /// <summary>The handles behind a file object, as holders of it.</summary>
    public IReadOnlyList<Holder> HandlesOf(CapturedFile file) =>
    [
        .. Capture.Handles.Where(handle => handle.Object == file.Address).Select(handle => new Holder(
            HolderKind.Handle, $"{handle.ProcessName} (process {handle.ProcessId}), handle {handle.Value}", handle.Entry,
            ReferenceCounter.HandleCount, TakenBy(file.Address, ReferenceCounter.HandleCount, handle.Entry)?.Site)),
    ];

    /// <summary>The outstanding taking of a reference by a holder; null when the trace does not show it.</summary>
    public ReferenceRecord? TakenBy(VirtualAddress held, ReferenceCounter counter, VirtualAddress holder) =>
        Ledger.Outstanding(held, counter).LastOrDefault(record => record.Holder == holder);

    private const int MostGaps = 5;
}

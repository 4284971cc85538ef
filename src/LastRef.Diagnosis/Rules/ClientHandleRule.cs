namespace LastRef;

/// <summary>What have in common: a client's handle, now or earlier in the story.</summary>
internal abstract class ClientHandleRule : IDiagnosisRule
{
    public abstract Reason Reason { get; }

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var found = false;
        foreach (var open in Opens.Of(situation).Where(o => o.Opener == OpenerKind.Client && Opens.Blocks(situation, o.Device) && IsNow(situation, o.Device) && Concerns(situation, o.Device.Address)))
        {
            found = true;
            yield return Now(situation, open);
        }

        if (!found && Then(situation) is { } past)
            yield return past;
    }

    /// <summary>Whether an open of the device that stands at the end is a case of this reason.</summary>
    protected abstract bool IsNow(Situation situation, CapturedDevice device);

    /// <summary>Whether an open of that device, now or then, belongs to this reason and not to a neighbouring one.</summary>
    protected virtual bool Concerns(Situation situation, VirtualAddress device) => true;

    /// <summary>What the open does, as the second half of a sentence.</summary>
    protected abstract string Effect { get; }

    /// <summary>The record at which the story shows the same; null when it does not.</summary>
    protected abstract TraceRecord? Moment(Situation situation);

    private Finding Now(Situation situation, DeviceOpen open)
    {
        var handle = situation.Capture.Handles.First(h => h.Object == open.File.Address && !h.IsSystem);
        var client = situation.Context.Clients.FirstOrDefault(c => IsProcess(c, handle.ProcessName));
        return situation.Find(
            Reason, new Blame(Party.Client, client?.Image ?? handle.ProcessName),
            $"{handle.ProcessName} (process {handle.ProcessId}) has {situation.NameOf(open.Device)} open: {Effect}",
            [Opens.HolderOf(situation, open)], [.. Opens.EvidenceOf(open)], null,
            missing: $"handle {handle.Value} of process {handle.ProcessId} was not closed")
            with { Counts = client is not { IsOfLab: true } };
    }

    /// <summary>A deferral or a veto that was over at the end: part of the story, and no fault of the driver.</summary>
    private Finding? Then(Situation situation)
    {
        if (situation.Trace is not { } trace || Moment(situation) is not { } moment)
            return null;
        var ledger = ReferenceLedger.Of(trace, moment.Sequence);
        var open = trace.Of<ReferenceRecord>().Where(r => r.Counter == ReferenceCounter.IoCount && r.Sequence < moment.Sequence)
            .Select(r => r.Object).Distinct()
            .SelectMany(device => ledger.Outstanding(device, ReferenceCounter.IoCount))
            .LastOrDefault(r => r.Cause == ReferenceCause.FileOpen && r.Site is null && Concerns(situation, r.Object));
        if (open is null)
            return null;
        var client = situation.Context.Clients.FirstOrDefault(c => c.Party == Party.Client);
        var who = client?.Image ?? "an application";
        var holder = new Holder(HolderKind.FileObject, $"open of {situation.NameOf(open.Object)} by {who}", open.Holder, ReferenceCounter.IoCount, null);
        return situation.Find(
            Reason, new Blame(Party.Client, client?.Image ?? ""), $"{who} had {situation.NameOf(open.Object)} open: {Effect}", [holder],
            [Evidence.Seen(open, "the open was counted"), Evidence.Seen(moment, "it had not been closed when this happened")], null)
            with { Counts = false, IsOver = true };
    }

    /// <summary>EPROCESS keeps fifteen characters of a process's name.</summary>
    private static bool IsProcess(ScenarioClient client, string processName) =>
        processName.Length > 0 && client.Image.StartsWith(processName, StringComparison.OrdinalIgnoreCase);
}

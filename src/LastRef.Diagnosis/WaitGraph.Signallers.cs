namespace LastRef;

/// <summary>What could end a wait.</summary>
internal sealed partial class WaitGraph
{
    private static readonly string[] _signalling =
    [
        "KeSetEvent", "KePulseEvent", "KeReleaseSemaphore", "KeInsertQueue", "ZwSetEvent", "NtSetEvent",
    ];

    private static Signaller Nobody(string name = "nobody: nothing in the run or in memory shows who would") =>
        new(SignallerKind.Nobody, name, default, null);

    private IReadOnlyList<Signaller> OwnerOf(VirtualAddress thread) =>
        thread.IsNull ? [Nobody("nobody owns it")] : [ThreadAt(SignallerKind.Owner, thread, null)];

    private IReadOnlyList<Signaller> TimerOf(VirtualAddress timer) =>
        situation.Capture.Timers.Any(t => t.Address == timer)
            ? [new Signaller(SignallerKind.Timer, "the timer, which is set", timer, null)]
            : [Nobody("nobody: the timer is not set")];

    private Signaller ThreadAt(SignallerKind kind, VirtualAddress thread, CallSite? site)
    {
        var signaller = new Signaller(kind, NameOf(thread), thread, site);
        if (_path.Contains(thread))
            return signaller with { ClosesCircle = true };
        return _path.Count >= Depth || situation.Capture.Waits.All(w => w.Root.Thread != thread) ? signaller : signaller with { Waits = NodeOf(thread) };
    }

    private List<Signaller> RemoveLockHolders(VirtualAddress @lock)
    {
        // Without a history the count is all there is: the lock does not keep who acquired it.
        if (situation.Trace is null)
            return [new Signaller(SignallerKind.Holder, "whoever acquired it and has not released it", @lock, null)];
        var ledger = RemoveLockLedger.Of(situation, @lock);
        var found = ledger.Held.Take(Limits.Devices).Select(held => new Signaller(
            SignallerKind.Holder, $"the acquisition with tag {TagText(held.Subject)}", held.Subject, held.Site)).ToList();
        if (found.Count == 0)
            found.Add(Nobody("nobody holds it: every acquisition was given back, and the count is wrong"));
        return found;
    }

    private List<Signaller> RundownHolders(VirtualAddress reference)
    {
        var ledger = RundownLedger.Of(situation, reference);
        var found = ledger.Held.Take(Limits.Devices).Select(held => new Signaller(
            SignallerKind.Holder, "a use that was begun and not ended", new VirtualAddress(held.Arguments[0].Value), held.Site)).ToList();
        if (found.Count == 0)
        {
            found.Add(Nobody(ledger.Extra.Count == 0
                ? "nobody holds it: every use was ended"
                : $"nobody holds it: it was released {ledger.Extra.Count} time(s) more than it was acquired"));
        }

        return found;
    }

    /// <summary>What a tag of a remove lock stands for: usually the request that it was acquired for.</summary>
    internal static string TagText(Situation situation, VirtualAddress tag)
    {
        if (situation.Capture.Irps.FirstOrDefault(i => i.Address == tag) is { Major: not null } irp)
            return $"{tag} ({RequestNames.Of(irp.Major, irp.Minor)}, still pending)";
        return situation.Records<IrpRecord>().LastOrDefault(r => r.Irp == tag) is { } record
            ? $"{tag} ({RequestNames.Of((LastRef.Nt.IrpMajor)record.Major, record.Minor)}, {(record.Step == IrpStep.Completed ? "completed since" : "sent")})"
            : tag.IsNull ? "NULL" : tag.ToString();
    }

    private string TagText(VirtualAddress tag) => TagText(situation, tag);

    private static string? RequestText(CapturedIrp? irp) => irp is null ? null : RequestNames.Of(irp.Major, irp.Minor);

    /// <summary>The driver that has a request, and what keeps the thread on which it works on it.</summary>
    private Signaller HavingRequest(CapturedWait wait)
    {
        var irp = wait.Root.SubjectAddress;
        var dispatch = Opens.DispatchOf(situation, irp);
        var signaller = new Signaller(
            SignallerKind.Request, $"{wait.RequestDriver ?? "a driver"}, which has the request and does not complete it", irp, dispatch?.Target);
        var running = situation.Calls.LastOrDefault(c => c.Irp == irp && c.Result is null && c.Thread != wait.Root.Thread && situation.ReturnOf(c) is null);
        return running is not null && !_path.Contains(running.Thread) && _path.Count < Depth ? signaller with { Waits = NodeOf(running.Thread) } : signaller;
    }

    /// <summary>An event or semaphore: requests that signal it when they complete, then whoever signalled it before.</summary>
    private List<Signaller> SignallersOf(VirtualAddress waited)
    {
        var found = new List<Signaller>();
        foreach (var irp in situation.Capture.Irps.Where(i => i.UserEvent == waited || i.CompletionContexts.Contains(waited)).Take(Limits.Devices))
        {
            var owner = situation.Capture.DeviceAt(irp.Device);
            var who = owner is null ? "no driver" : situation.BlameOfDriver(owner.Driver, owner.DriverName).Image;
            found.Add(new Signaller(
                SignallerKind.Request, $"{RequestNames.Of(irp.Major, irp.Minor)}, which {who} has and does not complete", irp.Address,
                Opens.DispatchOf(situation, irp.Address)?.Target));
        }

        found.AddRange(situation.Records<RoutineRecord>()
            .Where(r => r.Arguments.Count > 0 && r.Arguments[0].Value == waited.Value && _signalling.Contains(r.Routine) && r.Site is not null)
            .GroupBy(r => r.Site).Take(Limits.Devices)
            .Select(g => new Signaller(SignallerKind.Signalled, $"{g.First().Routine}, which signalled it before ({g.Count()} time(s))", default, g.Key)));
        if (found.Count == 0)
            found.Add(Nobody(situation.Trace is null ? "unknown: memory does not say who would" : "nobody: in this run nothing has ever signalled it"));
        return found;
    }
}

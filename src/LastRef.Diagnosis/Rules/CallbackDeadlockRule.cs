namespace LastRef;

/// <summary>R-47: a removal callback waits for something that comes only after it: the removal stands still.</summary>
internal sealed class CallbackDeadlockRule : IDiagnosisRule
{
    public Reason Reason => Reason.RemovalCallbackDeadlock;

    public bool AppliesTo(RunEnd end) => end is RunEnd.Completed or RunEnd.Hung;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Context.End == RunEnd.Hung && InCallback(situation) is { } inside)
            yield return OfDriver(situation, inside);
        else if (situation.Context.End == RunEnd.Hung && InCallbackOfDump(situation) is { } stack)
            yield return OfDump(situation, stack);
        else if (situation.Context.End == RunEnd.Hung && situation.Capture.BlockedCallbacks is [var blocked, ..])
            yield return OfNeighbour(situation, blocked);
        var late = situation.Records<ClientNotificationRecord>().LastOrDefault(r => r is { Event: ClientEvent.QueryRemove, Answer: ClientAnswer.TimedOut });
        if (late is not null)
            yield return OfClient(situation, late);
    }

    /// <summary>The notification callback that the waiting thread, or one that it waits for, did not come back from; null when there is none.</summary>
    internal static DriverCallRecord? InCallback(Situation situation)
    {
        if (WaitGraph.Of(situation) is not { } graph)
            return null;
        var threads = graph.Threads().ToHashSet();
        return situation.Calls.LastOrDefault(c => c is { Kind: DriverCallKind.Notification, Result: null } && threads.Contains(c.Thread) && situation.ReturnOf(c) is null);
    }

    /// <summary>The stack of a dump on which a notification callback of the driver waits; null when there is none.</summary>
    internal static CapturedStack? InCallbackOfDump(Situation situation)
    {
        if (situation.Trace is not null || WaitGraph.Of(situation) is not { } graph)
            return null;
        var threads = graph.Threads().ToHashSet();
        return situation.Capture.Stacks.FirstOrDefault(stack => threads.Contains(stack.Thread) && PostMortem.IsInCallback(situation.Capture, stack));
    }

    private static Finding OfDump(Situation situation, CapturedStack stack)
    {
        var routine = situation.Capture.Registrations.First(r => r.Kind == RegistrationKind.PnpNotification && stack.Functions.Contains(r.Routine)).Routine;
        return situation.Find(
            Reason.RemovalCallbackDeadlock, situation.BlameDriver,
            $"{situation.Context.DriverImage} waits in its notification callback: the thread that delivers the notification stands still, and with it every removal of the system.",
            [],
            [
                Evidence.Memory(stack.Thread, "KTHREAD.WaitBlockList", stack.WaitObject.Value, "the thread of the callback waits for this object"),
                Evidence.Memory(stack.Thread, "KTHREAD.KernelStack", routine.Value, "by the unwind data of the image, a registered callback is on its stack"),
            ],
            situation.StackSiteOf(stack.Thread), missing: "the callback never returned", isComplete: false)
            with { Wait = WaitGraph.Of(situation) };
    }

    /// <summary>Of a dump: the driver's device is being removed, and another driver that asked to be told of it does not come back.</summary>
    private static Finding OfNeighbour(Situation situation, CapturedBlockedCallback blocked) => situation.Find(
        Reason.RemovalCallbackDeadlock, new Blame(Party.Neighbour, blocked.Image),
        $"{blocked.Image} waits in the notification callback that it registered for {blocked.InstancePath}: the removal of the device stands still, and with it every removal of the system.",
        [],
        [
            Evidence.Memory(blocked.Registration.Address, "PNP_NOTIFY_ENTRY.CallbackRoutine", blocked.Registration.Routine.Value, "the callback is registered for changes of the device"),
            Evidence.Memory(blocked.Thread, "KTHREAD.WaitBlockList", blocked.WaitObject.Value, "a thread that is in it, by the unwind data of the image, waits for this object"),
        ],
        blocked.Site, missing: "the callback never returned", isComplete: false);

    private static Finding OfDriver(Situation situation, DriverCallRecord inside)
    {
        var blame = situation.BlameOf(inside.Target);
        var wait = situation.Records<RoutineRecord>().LastOrDefault(r => r.Sequence > inside.Sequence && r.Result is null && r.Thread == inside.Thread && r.Site is not null);
        var others = situation.Records<RoutineRecord>().Where(r => r.Sequence > inside.Sequence && r.Result is null && r.Thread != inside.Thread
            && r.Routine.StartsWith("IoUnregisterPlugPlayNotification", StringComparison.Ordinal)).ToList();
        return situation.Find(
            Reason.RemovalCallbackDeadlock, blame,
            $"{blame.Image} waits in its notification callback for something that can only happen after the callback: the PnP manager's thread stands still, and with it every removal of the system.",
            [],
            [
                Evidence.Seen(inside, $"the callback at {inside.Target} was entered and never came back"),
                .. wait is null ? [] : new[] { Evidence.Seen(wait, $"in it {wait.Routine} was called and did not return") },
                .. others.Select(r => Evidence.Seen(r, $"{r.Routine} was called on another thread and waits for the callback to end")),
            ],
            wait?.Site ?? inside.Target, missing: "the callback never returned");
    }

    /// <summary>Of a client the system does not wait for ever (U-3.38).</summary>
    private static Finding OfClient(Situation situation, ClientNotificationRecord late)
    {
        var client = situation.Context.Clients.FirstOrDefault(c => c.Image.Equals(late.Client, StringComparison.OrdinalIgnoreCase));
        var veto = situation.Records<VetoRecord>().FirstOrDefault(v => v.Sequence > late.Sequence);
        return situation.Find(
            Reason.RemovalCallbackDeadlock, new Blame(Party.Client, late.Client),
            $"{late.Client} (process {late.ProcessId}) did not come back from {late.Message} for {late.Subject}: the removal waited and was then refused; the client holds its handle still.",
            [],
            [
                Evidence.Seen(late, $"{late.Message} was delivered and not answered"),
                .. veto is null ? [] : new[] { Evidence.Seen(veto, $"the removal was refused: veto type {veto.VetoType}, {veto.Name}") },
            ],
            null, missing: "the callback never returned")
            with { Counts = client is not { IsOfLab: true }, Phase = Phase.P };
    }
}

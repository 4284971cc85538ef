namespace LastRef;

/// <summary>R-23: DriverUnload or a removal waits for a thread, work item or request that never ends.</summary>
internal sealed class RoutineNeverReturnsRule : IDiagnosisRule
{
    public Reason Reason => Reason.RoutineNeverReturns;

    public bool AppliesTo(RunEnd end) => end == RunEnd.Hung;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (WaitGraph.Of(situation) is not { } graph || situation.HungOn(WaitSubject.RemoveLock) is not null)
            yield break;
        if (CallbackDeadlockRule.InCallback(situation) is not null || CallbackDeadlockRule.InCallbackOfDump(situation) is not null)
            yield break; // R-47 says more
        // The kernel waits for a request: what counts is who has it. A driver waits: what counts is the driver.
        var node = graph.Innermost();
        var call = situation.HungCall(node.Address) ?? situation.HungCall(graph.Address);
        var request = node.Objects.SelectMany(o => o.Signallers).FirstOrDefault(s => s.Kind == SignallerKind.Request);
        var site = node.Site ?? request?.Site ?? call?.Target;
        if (site is null || (call is null && request is null && situation.Trace is not null))
            yield break;
        var blame = situation.BlameOf(site);
        if (blame.Party == Party.System)
            yield break;
        // A count below zero is a case of its own: nobody will signal, whoever waits.
        if (situation.ExtraReleases(node).Count > 0)
            yield break;
        var where = situation.Trace is null ? situation.InsideOf(graph.Address) : call is null ? "A request" : situation.NameOf(call);
        yield return situation.Find(
            Reason, blame, $"{where} never returns: {Describe(node)}.", [],
            [
                .. call is null ? [] : new[] { Evidence.Seen(call, $"{call.Kind} was entered at {call.Target} and never left") },
                .. situation.Trace is null ? new[] { Evidence.Memory(graph.Address, "KTHREAD.WaitBlockList", node.Objects[0].Address.Value, $"{where} is on the stack of this thread, by the unwind data of the image") } : [],
                Evidence.Absent($"{node.Thread} {WaitText.Verb(node)}"),
            ],
            site, isComplete: situation.IsHangProven)
            with { Wait = graph };
    }

    private static string Describe(WaitNode node)
    {
        var waited = node.Objects[0];
        var by = waited.Signallers.Count > 0 ? waited.Signallers[0] : null;
        return $"it {WaitText.Verb(node)}"
            + (by is null ? "" : by.ClosesCircle ? $", and {by.Name} waits in turn for this thread" : $"; who could end that: {by.Name}");
    }
}

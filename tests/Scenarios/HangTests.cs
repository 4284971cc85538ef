namespace LastRef.Tests;

/// <summary>Hung stops and removals: how they are known, and the graph of who waits for whom.</summary>
public sealed class HangTests
{
    [Theory]
    [InlineData("r22-defect.sys")]
    [InlineData("r22-ticking-defect.sys")]
    [InlineData("r23-pnp-defect.sys")]
    public void Every_scenario_that_hangs_is_proved_to_hang_also_with_timers_running(string file)
    {
        var hung = Checks.Run(file).Scenarios.Where(s => s.Verdict.Verdict == Verdict.Hung).ToList();
        Assert.True(hung.Count >= 8, $"{hung.Count} scenarios hang");
        Assert.All(hung, s => Assert.DoesNotContain(s.Verdict.Findings, f => f.Reason == Reason.Unlisted));

        // A second device has a timer set for an hour from now, so that the state there comes back only then; a replugged one is a second one.
        Assert.All(
            hung.Where(s => s.Verdict.Scenario is not ("two-devices" or "replug-while-open")),
            s => Assert.All(s.Verdict.Findings.Where(f => f.Counts), f => Assert.True(f.Certainty == Certainty.Proven, $"{s.Verdict.Scenario}: {f.Certainty}")));
    }

    [Fact]
    public void A_wait_beside_a_timer_that_counts_is_likely_to_hang_after_ten_minutes_of_virtual_time()
    {
        var hung = Checks.Run("r22-counting-defect.sys", scenario: "add-start-remove").Scenarios[0];
        Assert.Equal(Verdict.Hung, hung.Verdict.Verdict);
        var finding = Assert.Single(hung.Verdict.Findings, f => f.Reason == Reason.RemoveLockLeaked);
        Assert.Equal(Certainty.Likely, finding.Certainty);
        Assert.InRange(finding.Wait!.Waited100ns, 5_990_000_000, 6_010_000_000);
    }

    [Fact]
    public void The_graph_leads_from_the_stop_over_the_thread_to_an_event_that_nobody_signals()
    {
        var graph = Graph("r23-defect.sys", Reason.RoutineNeverReturns);
        var waited = Assert.Single(graph.Objects);
        Assert.Equal(WaitedKind.Thread, waited.Kind);
        Assert.Equal("KeWaitForSingleObject", graph.Routine);
        var thread = Assert.Single(waited.Signallers);
        Assert.Equal((SignallerKind.Thread, waited.Address), (thread.Kind, thread.Address));
        Assert.NotNull(thread.Site);
        var inner = Assert.Single(thread.Waits!.Objects);
        Assert.Equal(WaitedKind.Event, inner.Kind);
        Assert.Equal(SignallerKind.Nobody, Assert.Single(inner.Signallers).Kind);
    }

    [Fact]
    public void The_graph_names_the_request_that_would_signal_the_event()
    {
        var graph = Graph("r23-request-defect.sys", Reason.RoutineNeverReturns);
        var signaller = Assert.Single(Assert.Single(graph.Objects).Signallers);
        Assert.Equal(SignallerKind.Request, signaller.Kind);
        Assert.Contains("IRP_MJ_INTERNAL_DEVICE_CONTROL", signaller.Name, StringComparison.Ordinal);
        Assert.NotNull(signaller.Site);
    }

    [Fact]
    public void The_graph_names_the_acquisition_that_holds_the_remove_lock()
    {
        var graph = Graph("r22-defect.sys", Reason.RemoveLockLeaked);
        var waited = Assert.Single(graph.Objects);
        Assert.Equal(WaitedKind.RemoveLock, waited.Kind);
        Assert.Contains("extension", waited.Place, StringComparison.Ordinal);
        Assert.Equal(SignallerKind.Holder, Assert.Single(waited.Signallers).Kind);
    }

    private static WaitNode Graph(string file, Reason reason) =>
        Checks.Run(file).Scenarios.SelectMany(s => s.Verdict.Findings).First(f => f.Reason == reason).Wait!;
}

namespace LastRef;

/// <summary>What a check of one driver gave.</summary>
/// <param name="Scenarios">In the order in which they ran.</param>
public sealed record CheckResult(DriverFacts Driver, Exercised Exercised, IReadOnlyList<ScenarioResult> Scenarios)
{
    /// <summary>The bug check that stopped the machine of a dump; null for a machine that did not stop.</summary>
    public MachineCrash? Crash { get; init; }

    /// <summary>The run's verdict: its worst scenario's; inconclusive when none ran.</summary>
    public Verdict Verdict => Scenarios.Count == 0 ? Verdict.Inconclusive : Scenarios.Min(scenario => scenario.Verdict.Verdict);
}

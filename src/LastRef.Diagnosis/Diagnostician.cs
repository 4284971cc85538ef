namespace LastRef;

/// <summary>From a capture and perhaps a trace to a verdict with findings.</summary>
public static class Diagnostician
{
    private static readonly IReadOnlyList<IDiagnosisRule> s_rules = DiagnosisRules.All;

    /// <summary>Judges one scenario.</summary>
    /// <remarks>A rule that fails does not take the others with it: it leaves an inconclusive line instead (style, section 5).</remarks>
    public static ScenarioVerdict Judge(DiagnosisInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var situation = new Situation(input);
        var inconclusive = new List<string>();
        var findings = new List<Finding>();
        foreach (var rule in s_rules.Where(rule => rule.AppliesTo(input.Context.End)))
        {
            try
            {
                findings.AddRange(rule.Apply(situation));
            }
            catch (Exception failure) when (failure is InvalidOperationException or InvariantException or ArgumentException or KeyNotFoundException)
            {
                // One of the two places that catch: a defect in one rule must not hide what the others found.
                inconclusive.Add($"The rule for {Reasons.Of(rule.Reason).Id} failed: {failure.Message}");
            }
        }

        var verdict = Outcome.VerdictOf(situation, findings);
        if (findings.TrueForAll(f => !f.Counts) && UnlistedRule.For(situation, verdict, findings) is { } unlisted)
            findings.Add(unlisted);
        inconclusive.AddRange(ReasonsForDoubt(situation, verdict));
        return new ScenarioVerdict(
            input.Context.Name, verdict, situation.Attempt, situation.Image, [.. OtherFinding.Fill([.. Rank(findings, verdict)])], inconclusive);
    }

    /// <summary>What counts before notes; a crash before all else; then what blocks the attempt before what holds the image.</summary>
    private static IOrderedEnumerable<Finding> Rank(IEnumerable<Finding> findings, Verdict verdict)
    {
        var crashed = verdict is Verdict.Crashed or Verdict.LeftTooEarly;
        return findings
            .OrderBy(f => f.Counts ? 0 : 1)
            .ThenBy(f => crashed && f.Phase == Phase.C ? 0 : 1)
            .ThenBy(f => f.Phase)
            .ThenBy(f => f.Certainty)
            .ThenBy(f => f.Reason == Reason.Unlisted ? int.MaxValue : (int)f.Reason);
    }

    private static IEnumerable<string> ReasonsForDoubt(Situation situation, Verdict verdict)
    {
        var context = situation.Context;
        foreach (var missing in situation.Records<UnsupportedRecord>())
            yield return $"{Describe(missing.Kind)} is not modelled: {missing.Name}{CalledFrom(missing.Site)}";
        if (context.End == RunEnd.BudgetExhausted)
            yield return "The bound of instructions, memory or depth was reached before the driver was done.";
        if (context.NotExercised is { } failed && verdict == Verdict.Inconclusive)
        {
            var after = failed.At is { } at ? $" after {at} had failed" : "";
            yield return failed.Status.IsSuccess
                ? $"{failed.Call} succeeded without a device, so the driver was never started: what was not run is not called clean."
                : failed.Call == DriverCallKind.Dispatch
                    ? $"start never succeeded: it returned {failed.Status}{after}; what was not run is not called clean."
                    : $"{failed.Call} returned {failed.Status}{after}: what was not run is not called clean.";
        }

        if (situation.Trace is { Truncated: true })
            yield return "The trace reached its limit: what it does not show may still have happened.";
    }

    private static string Describe(UnsupportedKind kind) => kind switch
    {
        UnsupportedKind.Export => "A kernel routine",
        UnsupportedKind.Case => "A case of a kernel routine",
        UnsupportedKind.Instruction => "A processor instruction",
        UnsupportedKind.Irp => "A request",
        UnsupportedKind.Data => "A kernel variable",
        UnsupportedKind.Framework => "A framework module",
        UnsupportedKind.Limit => "Going on beyond a bound",
        _ => kind.ToString(),
    };

    private static string CalledFrom(CallSite? site) => site is { } at ? $" (asked for at {at})" : "";
}

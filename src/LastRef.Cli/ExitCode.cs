namespace LastRef.Cli;

/// <summary>What the tool tells scripts (docs/architecture.md).</summary>
internal static class ExitCode
{
    public const int Clean = 0;

    /// <summary>A finding counts.</summary>
    public const int Finding = 1;

    /// <summary>A scenario is inconclusive and no finding counts.</summary>
    public const int Inconclusive = 2;

    public const int Usage = 64;

    /// <summary>An input is unreadable, or an image that Windows would refuse.</summary>
    public const int Unreadable = 66;

    public const int Internal = 70;

    /// <summary>The code for some reports.</summary>
    public static int Of(IEnumerable<CheckResult> results)
    {
        var scenarios = results.SelectMany(result => result.Scenarios).Select(scenario => scenario.Verdict).ToList();
        if (scenarios.Exists(verdict => verdict.Findings.Any(finding => finding.Counts)))
            return Finding;
        return scenarios.Count == 0 || scenarios.Exists(verdict => verdict.Verdict == Verdict.Inconclusive || verdict.Inconclusive.Count > 0)
            ? Inconclusive
            : Clean;
    }
}

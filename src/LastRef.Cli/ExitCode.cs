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

    /// <summary>The code for one report.</summary>
    public static int Of(CheckResult result)
    {
        var verdicts = result.Scenarios.Select(scenario => scenario.Verdict).ToList();
        if (verdicts.Exists(verdict => verdict.Findings.Any(finding => finding.Counts)))
            return Finding;
        return verdicts.Count == 0 || verdicts.Exists(verdict => verdict.Verdict == Verdict.Inconclusive || verdict.Inconclusive.Count > 0)
            ? Inconclusive
            : Clean;
    }

    /// <summary>The code for several: a finding outweighs what is inconclusive, and nothing at all is inconclusive.</summary>
    public static int Of(IReadOnlyCollection<int> codes) =>
        codes.Contains(Finding) ? Finding : codes.Count == 0 || codes.Contains(Inconclusive) ? Inconclusive : Clean;
}

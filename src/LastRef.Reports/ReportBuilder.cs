namespace LastRef.Reports;

/// <summary>Makes the report model of what a check gave.</summary>
public sealed class ReportBuilder(ISiteResolver symbols)
{
    /// <summary>Irp-heavy stories are cut; the whole one is what <c>lastref trace</c> prints.</summary>
    private const int StoryLines = 40;

    /// <param name="withTimeline">Whether every scenario gets its timeline, which is long.</param>
    public CheckReport Build(CheckResult result, bool withTimeline = false)
    {
        ArgumentNullException.ThrowIfNull(result);
        var driver = new ReportDriver(
            result.Driver.File, result.Driver.Sha256, result.Driver.Machine, ReportNames.Camel(result.Driver.Kind), TraitsOf(result.Driver.Traits));
        var exercised = new ReportExercised(
            result.Exercised.Entry, result.Exercised.Add, result.Exercised.Start, result.Exercised.Open,
            [.. result.Exercised.Irps.Order(StringComparer.Ordinal)], result.Exercised.CodeBytes, result.Exercised.CodeBytesRun);
        var report = new CheckReport(
            CheckReport.SchemaName, driver, result.Verdict.ToString(), exercised,
            [.. result.Scenarios.Select(s => ScenarioOf(s, result.Driver.File, withTimeline))], UnsupportedIn(result.Scenarios));

        // Symbols are read when they are asked for, so what is wrong with them is known only now.
        return report with { Symbols = symbols.Problems };
    }

    /// <summary>A site with function and line where symbols know them.</summary>
    public ReportSite? SiteOf(CallSite? site)
    {
        if (site is not { } known)
            return null;
        var location = symbols.Resolve(known);
        var rva = known.Module is null ? ReportNames.Hex(known.Address.Value) : ReportNames.Hex(known.Rva.Value);
        return new ReportSite(known.Module, rva, location?.Function, location?.ShortFile, location?.Line);
    }

    private ReportScenario ScenarioOf(ScenarioResult scenario, string driverFile, bool withTimeline)
    {
        var verdict = scenario.Verdict;
        var story = new StoryTeller(driverFile, SiteOf).Tell(scenario.Trace, StoryDetail.Short);
        return new ReportScenario(
            verdict.Scenario, verdict.Verdict.ToString(),
            new ReportAttempt(ReportNames.Camel(verdict.Attempt.State), ReportNames.Camel(verdict.Attempt.By), verdict.Attempt.Status?.ToString()),
            new ReportImage(ReportNames.Camel(verdict.Image)),
            [.. verdict.Findings.Select(FindingOf)], verdict.Inconclusive,
            [.. story.Take(StoryLines)], scenario.Instructions, scenario.Replay)
        {
            Seen = [.. scenario.Trace.Of<SeenRecord>().Select(s => new ReportSeen(s.Sequence, ReportNames.Camel(s.Where), s.Code, s.Name, s.Text))],
            Timeline = withTimeline ? new TimelineBuilder(driverFile, SiteOf).Build(scenario.Trace) : null,
        };
    }

    private ReportFinding FindingOf(Finding finding) => new(
        Reasons.Of(finding.Reason).Id, finding.Title, finding.Phase.ToString(), finding.Certainty.ToString(), finding.IsInferred,
        finding.Counts, new ReportBlame(ReportNames.Camel(finding.Blame.Party), finding.Blame.Image), finding.Rule, finding.Summary,
        finding.Missing, SiteOf(finding.Site), [.. finding.Holders.Select(HolderOf)],
        [.. finding.Evidence.Select(EvidenceOf)], finding.Unobserved, finding.Fix)
    {
        Others = [.. finding.Others.Select(other => new ReportOther(Reasons.Of(other.Reason).Id, other.Title, other.Remains))],
        Wait = finding.Wait is { } wait ? WaitOf(wait) : null,
    };

    private ReportWait WaitOf(WaitNode node) => new(
        node.Thread, ReportNames.Hex(node.Address) ?? "", node.Routine, SiteOf(node.Site), node.Waited100ns / 10_000, node.HasTimeout, node.NeedsAll,
        [.. node.Objects.Select(o => new ReportWaited(
            ReportNames.Camel(o.Kind), ReportNames.Hex(o.Address), o.Place,
            [.. o.Signallers.Select(s => new ReportSignaller(
                ReportNames.Camel(s.Kind), s.Name, ReportNames.Hex(s.Address), SiteOf(s.Site), s.ClosesCircle, s.Waits is { } waits ? WaitOf(waits) : null))]))]);

    private ReportHolder HolderOf(Holder holder) => new(
        ReportNames.Camel(holder.Kind), holder.Name, ReportNames.Hex(holder.Address),
        holder.Counter is { } counter ? ReportNames.Camel(counter) : null, SiteOf(holder.Site), [.. holder.HeldBy.Select(HolderOf)]);

    private static ReportEvidence EvidenceOf(Evidence evidence) => new(
        evidence.Text, ReportNames.Hex(evidence.Address), evidence.Field,
        evidence.Field is null ? null : ReportNames.Hex(evidence.Value), evidence.Record);

    private static IReadOnlyList<string> TraitsOf(DriverTraits traits) =>
    [
        .. Enum.GetValues<DriverTraits>().Where(t => t != DriverTraits.None && traits.HasFlag(t))
            .Select(ReportNames.Camel).Order(StringComparer.Ordinal),
    ];

    private IReadOnlyList<ReportUnsupported> UnsupportedIn(IReadOnlyList<ScenarioResult> scenarios) =>
    [
        .. scenarios.SelectMany(s => s.Trace.Of<UnsupportedRecord>())
            .GroupBy(u => (Kind: ReportNames.Camel(u.Kind), u.Name))
            .OrderBy(g => g.Key.Kind, StringComparer.Ordinal).ThenBy(g => g.Key.Name, StringComparer.Ordinal)
            .Select(g => new ReportUnsupported(g.Key.Kind, g.Key.Name,
            [
                .. g.Select(u => SiteOf(u.Site)).OfType<ReportSite>().Distinct()
                    .OrderBy(s => s.Module, StringComparer.Ordinal).ThenBy(s => s.Rva, StringComparer.Ordinal),
            ])),
    ];
}

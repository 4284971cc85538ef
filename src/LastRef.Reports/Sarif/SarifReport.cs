using System.Globalization;
using System.Text.Json;

namespace LastRef.Reports;

/// <summary>Reports as SARIF 2.1.0, for code scanning: a rule a reason, a result a finding and scenario.</summary>
/// <remarks>
/// A finding that fails the check is an error, or a warning where it is not proven; a note is a note. What a scenario could not judge is
/// a notification of the run, as it is no result of the driver's. The call site is the location: the source line where symbols know it,
/// and the address in the image always.
/// </remarks>
public static class SarifReport
{
    private const string SchemaAddress = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    /// <summary>One run with every driver as an artifact. Ends with a line feed.</summary>
    /// <param name="version">Of the tool, as semantic versioning has it.</param>
    public static string Write(IReadOnlyList<CheckReport> reports, string version)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var rules = reports.SelectMany(FindingsOf).Select(f => f.Finding.Reason).Distinct().Order(StringComparer.Ordinal).Select(RuleOf).ToList();
        var indices = rules.Select((rule, index) => (rule.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index, StringComparer.Ordinal);
        var notifications = reports.SelectMany(NotificationsOf).ToList();
        var images = reports.Select(report => (report.Driver.File, report.Driver.Sha256)).Distinct().ToList();
        var log = new SarifLog(
            SchemaAddress, "2.1.0",
            [
                new SarifRun(
                    new SarifTool(new SarifDriver("LastRef", version, rules, [new SarifNotificationRule("inconclusive", new SarifText("A scenario that could not be judged"))])),
                    [.. images.Select(image => new SarifArtifact(new SarifArtifactLocation(image.File), ["analysisTarget"], Hashes(image.Sha256)))],
                    [new SarifInvocation(true, notifications)],
                    [
                        .. reports.SelectMany(report => FindingsOf(report).Select(f => ResultOf(
                            report, images.IndexOf((report.Driver.File, report.Driver.Sha256)), f.Scenario, f.Finding, indices[f.Finding.Reason]))),
                    ]),
            ]);
        return JsonSerializer.Serialize(log, SarifJson.Readable.SarifLog) + "\n";
    }

    private static IEnumerable<(ReportScenario Scenario, ReportFinding Finding)> FindingsOf(CheckReport report) =>
        report.Scenarios.SelectMany(scenario => scenario.Findings.Select(finding => (scenario, finding)));

    private static IEnumerable<SarifNotification> NotificationsOf(CheckReport report) =>
        report.Scenarios.SelectMany(scenario => scenario.Inconclusive.Select(why => new SarifNotification(
            new SarifReference("inconclusive"), "warning", new SarifText($"{report.Driver.File}, {scenario.Name}: {why}"))));

    private static SarifRule RuleOf(string reason)
    {
        var info = Reasons.Find(reason) ?? Reasons.Of(Reason.Unlisted);
        return new SarifRule(
            reason, new SarifText(info.Title), new SarifText($"{info.Title}. It breaks rule {info.Rule}."), new SarifText(Pages.Find(reason) ?? info.Fix),
            new SortedDictionary<string, string>(StringComparer.Ordinal) { ["phase"] = info.Phase.ToString(), ["rule"] = info.Rule });
    }

    private static SarifResult ResultOf(CheckReport report, int artifact, ReportScenario scenario, ReportFinding finding, int rule)
    {
        var (kind, level) = !finding.Counts ? ("informational", "none") : ("fail", finding.Certainty == nameof(Certainty.Proven) ? "error" : "warning");
        return new SarifResult(
            finding.Reason, rule, kind, level, new SarifText(finding.Summary.Length > 0 ? finding.Summary : finding.Title),
            [LocationOf(report, artifact, finding.Site)],
            new SarifProperties(
                scenario.Name, scenario.Replay, scenario.Verdict, finding.Certainty, finding.Phase, finding.Blame, finding.Missing, finding.Holders, finding.Fix)
            {
                Wait = finding.Wait,
            });
    }

    /// <summary>The site's source line; else its place in the driver's image; else the driver as a whole.</summary>
    private static SarifLocation LocationOf(CheckReport report, int artifact, ReportSite? site)
    {
        var image = new SarifArtifactLocation(report.Driver.File, artifact);
        if (site is null)
            return new SarifLocation(new SarifPhysicalLocation(image, null, null), null);
        var isOwn = site.Module is null || string.Equals(site.Module, report.Driver.File, StringComparison.OrdinalIgnoreCase);
        var address = new SarifAddress(
            long.Parse(site.Rva.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture), "instruction", $"{site.Module ?? "?"}+{site.Rva}");
        IReadOnlyList<SarifLogicalLocation>? function = site.Function is null ? null : [new SarifLogicalLocation(site.Function, "function")];
        return site is { File: { } file, Line: { } line }
            ? new SarifLocation(new SarifPhysicalLocation(new SarifArtifactLocation(file), new SarifRegion(line), address), function)
            : new SarifLocation(new SarifPhysicalLocation(isOwn ? image : new SarifArtifactLocation(site.Module!), null, address), function);
    }

    /// <summary>None for a driver of a dump: its file was not at hand.</summary>
    private static SortedDictionary<string, string> Hashes(string sha256)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (sha256.Length > 0)
            hashes.Add("sha-256", sha256);
        return hashes;
    }
}

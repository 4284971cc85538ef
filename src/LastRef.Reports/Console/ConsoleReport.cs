using Spectre.Console;

namespace LastRef.Reports;

/// <summary>The report for a person at a terminal: verdict, who holds, story, fix. Colours only where the console has them.</summary>
public sealed partial class ConsoleReport(IAnsiConsole console)
{
    private const int StoryLines = 8;
    private const int FewEvidence = 3;
    private const int FewNames = 3;

    /// <summary>Writes one report.</summary>
    /// <param name="verbose">Every finding with all its evidence, and every scenario with its whole story.</param>
    public void Write(CheckReport report, bool verbose)
    {
        ArgumentNullException.ThrowIfNull(report);
        var worst = WorstOf(report);
        Line($"{report.Driver.File}: {Style(report.Verdict)}{VerdictWords(report.Verdict)}[/] {Escape(Headline(report, worst))}");
        var shown = Findings(report, verbose);
        foreach (var (finding, scenarios) in shown)
            WriteFinding(finding, scenarios, verbose);
        WriteNotes(report, verbose);
        if (worst is not null && (shown.Count > 0 || verbose))
            WriteStory(worst, verbose);
        WriteDoubts(report, verbose);
        WriteScenarios(report);
        WriteExercised(report, verbose);
    }

    /// <summary>Findings that count, once each, with the scenarios that show them; the first is the worst scenario's.</summary>
    private static IReadOnlyList<(ReportFinding Finding, IReadOnlyList<string> Scenarios)> Findings(CheckReport report, bool verbose) =>
    [
        .. report.Scenarios.OrderBy(s => Rank(s.Verdict))
            .SelectMany(s => s.Findings.Where(f => f.Counts || verbose).Select(f => (Finding: f, s.Name)))
            .GroupBy(f => (f.Finding.Reason, f.Finding.Title, f.Finding.Site, f.Finding.Blame))
            .Select(g => (g.First().Finding, (IReadOnlyList<string>)[.. g.Select(f => f.Name).Distinct()])),
    ];

    private static ReportScenario? WorstOf(CheckReport report) => report.Scenarios
        .OrderBy(s => Rank(s.Verdict)).ThenBy(s => s.Findings.Any(f => f.Counts) ? 0 : 1).FirstOrDefault();

    private static int Rank(string verdict) => Enum.TryParse<Verdict>(verdict, out var value) ? (int)value : int.MaxValue;

    private static string Headline(CheckReport report, ReportScenario? worst)
    {
        if (worst is null)
            return "No scenario ran.";
        var first = worst.Findings.FirstOrDefault(f => f.Counts);
        if (first is not null)
            return first.Summary;
        return report.Verdict switch
        {
            nameof(Verdict.Unloaded) => $"In every scenario the driver's image left memory ({report.Scenarios.Count} of {report.Scenarios.Count}).",
            nameof(Verdict.Inconclusive) => worst.Inconclusive.Count > 0 ? worst.Inconclusive[0] : "Not enough of the driver came to run.",
            _ => worst.Findings.Count > 0 ? worst.Findings[0].Summary : "",
        };
    }

    private static string VerdictWords(string verdict) => verdict switch
    {
        nameof(Verdict.Crashed) => "CRASHES the machine.",
        nameof(Verdict.LeftTooEarly) => "LEAVES TOO EARLY.",
        nameof(Verdict.Hung) => "HANGS.",
        nameof(Verdict.Resident) => "STAYS IN MEMORY after DriverUnload.",
        nameof(Verdict.Deferred) => "CANNOT BE UNLOADED: the unload waits.",
        nameof(Verdict.NotAttempted) => "CANNOT BE UNLOADED: DriverUnload is never called.",
        nameof(Verdict.Inconclusive) => "INCONCLUSIVE.",
        _ => "UNLOADS.",
    };

    private static string Style(string verdict) => verdict switch
    {
        nameof(Verdict.Unloaded) => "[green]",
        nameof(Verdict.Inconclusive) => "[yellow]",
        _ => "[red]",
    };

    /// <summary>The first few of some names, and how many more there are.</summary>
    private static string Few(IEnumerable<string> names, bool verbose)
    {
        var all = names.ToList();
        return verbose || all.Count <= FewNames ? string.Join(", ", all) : $"{string.Join(", ", all.Take(FewNames))} and {all.Count - FewNames} more";
    }

    /// <summary>One line of markup; text from files and drivers is escaped before it comes here.</summary>
    private void Line(string markup) => console.MarkupLine(markup);

    private static string Escape(string text) => Markup.Escape(Printable(text));

    /// <summary>Names come out of drivers: control characters would move the cursor.</summary>
    private static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}

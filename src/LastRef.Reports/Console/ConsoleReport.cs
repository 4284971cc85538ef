using Spectre.Console;

namespace LastRef.Reports;

/// <summary>The report for a person at a terminal: verdict, who holds, story, fix. Colours only where the console has them.</summary>
public sealed partial class ConsoleReport(IAnsiConsole console)
{
    private const int StoryLines = 6;
    private const int FewEvidence = 3;
    private const int FewNames = 3;

    /// <summary>A driver with many mistakes must still fit on a screen; the first finding is told in full, as it must be fixed first.</summary>
    private const int FewFindings = 3;
    private const int MinimumWidth = 40;

    /// <summary>Writes one report.</summary>
    /// <param name="verbose">Every finding with all its evidence, and every scenario with its whole story.</param>
    public void Write(CheckReport report, bool verbose)
    {
        ArgumentNullException.ThrowIfNull(report);
        var worst = WorstOf(report);
        Folded("", $"{report.Driver.File}: {(IsAtWork(report, worst) ? "LOADED." : VerdictWords(report.Verdict, worst))} ", IsAtWork(report, worst) ? "[green]" : Style(report.Verdict), Headline(report, worst), hanging: 0);
        if (report.First is { Finding: { Holders: [var holder, ..] } first })
            Folded("  ", first.Phase is nameof(Phase.C) or nameof(Phase.L) ? "what: " : "held by: ", "", holder.Name + (holder.Site is { } at ? $", from {at}" : ""), hanging: 4);
        if (report.Dump?.BugCheck is { } crash)
            Folded("  ", "the machine stopped: ", "", crash.IsOfDriver ? crash.Text : $"{crash.Text}; nothing in the dump ties that to {report.Driver.File}", hanging: 4);
        var shown = Findings(report, verbose);
        for (var i = 0; i < shown.Count && (verbose || i < FewFindings); i++)
            WriteFinding(shown[i].Finding, shown[i].Scenarios, verbose, isFirst: i == 0, isAlone: shown.Count == 1);
        if (!verbose && shown.Count > FewFindings)
            Folded("", "", "", $"and {shown.Count - FewFindings} more: {string.Join(", ", shown.Skip(FewFindings).Select(s => s.Finding.Reason).Distinct())} (--verbose)");
        WriteNotes(report, verbose);
        // A dump has no story, ran no scenarios and exercised nothing.
        if (worst is not null && (shown.Count > 0 || verbose) && !report.IsPostMortem)
            WriteStory(worst, verbose, shown.Count > 1 ? StoryLines / 2 : StoryLines);
        foreach (var problem in report.Symbols)
            Folded("", "symbols: ", "", problem);
        WriteDoubts(report, verbose);
        if (report.IsPostMortem)
            return;
        WriteScenarios(report, verbose);
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
            nameof(Verdict.Unloaded) when report.IsPostMortem => "Its image is not in memory; the history of unloaded images has it.",
            nameof(Verdict.NotAttempted) when report.IsPostMortem => "The driver is loaded, and nothing in the dump shows an attempt to unload it.",
            nameof(Verdict.Unloaded) => $"In every scenario the driver's image left memory ({report.Scenarios.Count} of {report.Scenarios.Count}).",
            nameof(Verdict.Inconclusive) => worst.Inconclusive.Count > 0 ? worst.Inconclusive[0] : "Not enough of the driver came to run.",
            _ => worst.Findings.Count > 0 ? worst.Findings[0].Summary : "",
        };
    }

    /// <summary>A driver of a dump that nobody asked to leave.</summary>
    private static bool IsAtWork(CheckReport report, ReportScenario? worst) =>
        report.IsPostMortem && report.Verdict == nameof(Verdict.NotAttempted) && worst is not null && !worst.Findings.Any(f => f.Counts);

    private static string VerdictWords(string verdict, ReportScenario? worst) => verdict switch
    {
        nameof(Verdict.Crashed) => "CRASHES the machine.",
        nameof(Verdict.LeftTooEarly) => "LEAVES TOO EARLY.",
        nameof(Verdict.Hung) => "HANGS.",
        // After a failed DriverEntry nobody calls DriverUnload (U-2.14).
        nameof(Verdict.Resident) when worst?.Attempt.State != "returned" => "STAYS IN MEMORY.",
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

    /// <summary>Text folded between words at the console's width; what goes on stands under the text, not under its label.</summary>
    /// <param name="indent">Spaces or tree lines before the label.</param>
    /// <param name="label">Written in <paramref name="style"/>, with the space that follows it.</param>
    /// <param name="hanging">Where the next lines begin; under the text when null.</param>
    private void Folded(string indent, string label, string style, string text, int? hanging = null)
    {
        var width = Math.Max(console.Profile.Width - 1, MinimumWidth);
        var next = new string(' ', hanging ?? indent.Length + label.Length);
        var start = Escape(indent) + (style.Length > 0 ? $"{style}{Escape(label)}[/]" : Escape(label));
        var used = indent.Length + label.Length;
        var line = "";
        foreach (var word in Printable(text).Split(' '))
        {
            if (line.Length > 0 && used + line.Length + 1 + word.Length > width)
            {
                Line(start + Markup.Escape(line));
                (start, used, line) = (next, next.Length, "");
            }

            line = line.Length > 0 ? $"{line} {word}" : word;
        }

        Line(start + Markup.Escape(line));
    }

    /// <summary>One line of markup; text from files and drivers is escaped before it comes here.</summary>
    private void Line(string markup) => console.MarkupLine(markup);

    private static string Escape(string text) => Markup.Escape(Printable(text));

    /// <summary>Names come out of drivers: control characters would move the cursor.</summary>
    internal static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}

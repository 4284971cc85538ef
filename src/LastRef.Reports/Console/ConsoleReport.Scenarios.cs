namespace LastRef.Reports;

/// <summary>Scenarios: the story of the worst, notes, doubts, and one line each.</summary>
public sealed partial class ConsoleReport
{
    private void WriteNotes(CheckReport report, bool verbose)
    {
        var notes = report.Scenarios
            .SelectMany(s => s.Findings.Where(f => !f.Counts).Select(f => (s.Name, Finding: f)))
            .GroupBy(n => n.Finding.Reason).ToList();
        if (notes.Count == 0)
            return;
        Line("");
        foreach (var note in notes)
        {
            var summary = verbose ? $": {note.First().Finding.Summary}" : "";
            Line($"note: {note.Key} {Escape(note.First().Finding.Title + summary)}, as expected in {Escape(Few(note.Select(n => n.Name).Distinct(), verbose))}");
        }
    }

    private void WriteStory(ReportScenario scenario, bool verbose)
    {
        Line("");
        Line($"The story of {Escape(scenario.Name)}:");
        var lines = scenario.Story;
        var hidden = verbose ? 0 : Math.Max(0, lines.Count - StoryLines);
        if (hidden > 0)
            Line($"  [grey]({hidden} earlier steps: lastref trace --scenario {Escape(scenario.Name)})[/]");
        foreach (var line in lines.Skip(hidden))
            Line($"  {Escape(line)}");
        Line($"  [grey]again: lastref replay {Escape(scenario.Replay)}[/]");
    }

    private void WriteDoubts(CheckReport report, bool verbose)
    {
        var doubts = report.Scenarios.SelectMany(s => s.Inconclusive).Distinct().ToList();
        if (doubts.Count == 0)
            return;
        const int few = 5;
        Line("");
        Line("What could not be judged:");
        foreach (var doubt in doubts.Take(verbose ? int.MaxValue : few))
            Line($"  {Escape(doubt)}");
        if (!verbose && doubts.Count > few)
            Line($"  and {doubts.Count - few} more (--verbose)");
    }

    private void WriteScenarios(CheckReport report)
    {
        Line("");
        foreach (var group in report.Scenarios.GroupBy(s => s.Verdict).OrderBy(g => Rank(g.Key)))
            Line($"{Style(group.Key)}{group.Key}[/] in {group.Count()}: {Escape(string.Join(", ", group.Select(s => s.Name)))}");
    }

    private void WriteExercised(CheckReport report, bool verbose)
    {
        var ran = report.Exercised;
        var percent = ran.CodeBytes == 0 ? 0 : 100 * ran.CodeBytesRun / ran.CodeBytes;
        string[] parts =
        [
            ran.Entry ? "DriverEntry" : "no successful DriverEntry",
            .. ran.Add ? new[] { "AddDevice" } : [],
            .. ran.Start ? new[] { "a start" } : [],
            .. ran.Open ? new[] { "an open" } : [],
            $"{ran.Irps.Count} kinds of request",
        ];
        Line($"Exercised: {string.Join(", ", parts)}; {percent} % of the code ({report.Driver.Kind} driver).");
        if (!verbose)
            return;
        foreach (var irp in ran.Irps)
            Line($"  {Escape(irp)}");
        foreach (var missing in report.Unsupported)
            Line($"  not modelled: {Escape(missing.Kind)} {Escape(missing.Name)}, asked for by {Escape(string.Join("; ", missing.Callers.Select(c => c.ToString())))}");
    }
}

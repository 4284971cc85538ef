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
        if (report.IsPostMortem)
        {
            foreach (var note in notes)
                Folded("", "note: ", "", $"{note.Key} {note.First().Finding.Title}: {note.First().Finding.Summary}");
            return;
        }

        if (verbose)
        {
            foreach (var note in notes)
                Folded("", "note: ", "", $"{note.Key} {note.First().Finding.Title}: {note.First().Finding.Summary} As expected in {string.Join(", ", note.Select(n => n.Name).Distinct())}.");
            return;
        }

        Folded("", "as expected: ", "", string.Join("; ", notes.Select(n => $"{n.Key} in {Few(n.Select(x => x.Name).Distinct(), verbose)}")));
    }

    private void WriteStory(ReportScenario scenario, bool verbose, int few)
    {
        Line("");
        Line($"The story of {Escape(scenario.Name)}:");
        var lines = scenario.Story;
        var hidden = verbose ? 0 : Math.Max(0, lines.Count - few);
        if (hidden > 0)
            Line($"  [grey]({hidden} earlier steps: lastref trace --scenario {Escape(scenario.Name)})[/]");
        foreach (var line in lines.Skip(hidden))
            Folded("  ", "", "", line, hanging: 4);
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
            Folded("  ", "", "", doubt, hanging: 4);
        if (!verbose && doubts.Count > few)
            Line($"  and {doubts.Count - few} more (--verbose)");
    }

    private void WriteScenarios(CheckReport report, bool verbose)
    {
        Line("");
        foreach (var group in report.Scenarios.GroupBy(s => s.Verdict).OrderBy(g => Rank(g.Key)))
            Folded("", group.Key + " ", Style(group.Key), $"in {group.Count()}: {Few(group.Select(s => s.Name), verbose)}");
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
        Folded("", "Exercised: ", "", $"{string.Join(", ", parts)}; {percent} % of the code ({report.Driver.Kind} driver).", hanging: 2);
        if (!verbose)
            return;
        foreach (var irp in ran.Irps)
            Line($"  {Escape(irp)}");
        foreach (var missing in report.Unsupported)
            Line($"  not modelled: {Escape(missing.Kind)} {Escape(missing.Name)}, asked for by {Escape(string.Join("; ", missing.Callers.Select(c => c.ToString())))}");
    }
}

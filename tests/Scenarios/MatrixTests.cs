using System.Globalization;
using System.Text;

namespace LastRef.Tests;

/// <summary>Every row of drivers/expected.tsv against every reason: docs/generated/catalogue-matrix.md.</summary>
/// <remarks>Written with <c>UPDATE_GENERATED=1 ./test Scenarios</c>, compared otherwise.</remarks>
public sealed class MatrixTests
{
    private const string Path = "docs/generated/catalogue-matrix.md";

    private sealed record Line(ExpectedRow Row, IReadOnlyDictionary<Reason, string> Cells);

    [Fact]
    public void The_matrix_is_fresh()
    {
        if (Anonymous.IsOn)
            return; // the matrix names drivers by their own names
        var text = Write();
        var file = System.IO.Path.Combine(Repository.Root, Path);
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1")
            File.WriteAllText(file, text);
        Assert.True(File.Exists(file), $"{Path} is missing: UPDATE_GENERATED=1 ./test Scenarios writes it");
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), text);
    }

    [Fact]
    public void No_twin_is_blamed_and_no_defect_is_missed()
    {
        foreach (var line in Lines())
        {
            if (line.Row.Reason == "-")
                Assert.DoesNotContain("●", line.Cells.Values);
            else
                Assert.True(line.Cells.GetValueOrDefault(Reasons.Find(line.Row.Reason)!.Reason) is "●" or "○", $"{line.Row.Key} is not found");
        }
    }

    private static string Write()
    {
        var lines = Lines();
        Reason[] columns = [.. Reasons.All.Select(info => info.Reason)];
        var text = new StringBuilder();
        text.Append("# Every driver against every reason\n\nWritten by tests/Scenarios (`UPDATE_GENERATED=1 ./test Scenarios`) from the checks of drivers/expected.tsv.\n");
        text.Append("● a finding that fails the check and blames what the row expects; ◐ one that fails it and blames somebody else; ○ a note, such as a\n");
        text.Append("client of the lab that had the device open. The expected reason stands in the second column.\n\n");

        // A driver with several mistakes has a row for each.
        var expected = lines.ToLookup(line => Check(line.Row), line => line.Row.Reason);
        var others = lines.Where(line => line.Row.Reason != "-")
            .Select(line => (line.Row, Other: line.Cells.Where(cell => cell.Value != "○" && !expected[Check(line.Row)].Contains(Reasons.Of(cell.Key).Id)).Select(cell => Reasons.Of(cell.Key).Id).ToArray()))
            .Where(pair => pair.Other.Length > 0).ToList();
        text.Append(CultureInfo.InvariantCulture, $"{lines.Count} checks: {lines.Count(l => l.Row.Reason != "-")} that must find a reason, {lines.Count(l => l.Row.Reason == "-")} that must find none. ");
        text.Append(others.Count == 0
            ? "No check finds another reason beside the expected one.\n\n"
            : $"{others.Count} find another beside the expected one: {string.Join("; ", others.Select(o => $"{Name(o.Row)} also {string.Join(", ", o.Other)}"))}.\n\n");
        text.Append("| driver | expected |").Append(string.Concat(columns.Select(c => $" {Head(c)} |"))).Append("\n|---|---|").Append(string.Concat(columns.Select(_ => "---|"))).Append('\n');
        foreach (var line in lines)
            text.Append($"| {Name(line.Row)} | {line.Row.Reason} |").Append(string.Concat(columns.Select(c => $" {line.Cells.GetValueOrDefault(c, "")} |"))).Append('\n');
        return text.ToString();
    }

    private static List<Line> Lines() => [.. ExpectedRow.Read().Select(row => new Line(row, Cells(row)))];

    private static Dictionary<Reason, string> Cells(ExpectedRow row)
    {
        var result = Checks.Run(row.File, row.With == "-" ? null : row.With, row.Scenario == "-" ? null : row.Scenario);
        var party = row.Party == "-" ? Party.Driver : Enum.Parse<Party>(row.Party, ignoreCase: true);
        var cells = new Dictionary<Reason, string>();
        foreach (var finding in result.Scenarios.SelectMany(scenario => scenario.Verdict.Findings))
        {
            var mark = !finding.Counts ? "○" : finding.Blame.Party == party ? "●" : "◐";
            if (!cells.TryGetValue(finding.Reason, out var known) || Rank(mark) > Rank(known))
                cells[finding.Reason] = mark;
        }

        return cells;
    }

    private static (string, string, string) Check(ExpectedRow row) => (row.File, row.With, row.Scenario);

    private static int Rank(string mark) => mark switch { "●" => 2, "◐" => 1, _ => 0 };

    private static string Head(Reason reason) => reason == Reason.Unlisted ? "unlisted" : Reasons.Of(reason).Id[2..];

    private static string Name(ExpectedRow row) =>
        row.File + (row.With == "-" ? "" : $" with {row.With}") + (row.Scenario == "-" ? "" : $", {row.Scenario}");
}

using LastRef.Reports;
using LastRef.Symbols;
using Spectre.Console;

namespace LastRef.Tests;

/// <summary>What a user sees of every defect driver, as it was reviewed; <c>UPDATE_GOLDENS=1 ./test Scenarios</c> rewrites it.</summary>
public sealed class GoldenReportTests
{
    /// <summary>A terminal of a common width; the report folds to it.</summary>
    private const int Width = 100;

    private const int ScreenLines = 40;
    private const int FirstLines = 5;

    public static TheoryData<ExpectedRow> Rows() =>
        [.. ExpectedRow.Read().Where(row => row.Reason != "-" && !ExpectedTests.Gaps.ContainsKey(row.Key)).DistinctBy(NameOf)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_report_of_a_defect_driver_is_as_it_was_reviewed(ExpectedRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (Anonymous.IsOn)
            return; // the reports name drivers by their own names
        var path = Path.Combine(Repository.Root, "tests", "Scenarios", "Golden", NameOf(row) + ".txt");
        var text = Render(row);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path), $"{NameOf(row)} has no golden file; run with UPDATE_GOLDENS=1");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), text);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_report_fits_on_one_screen_and_names_the_holder_in_its_first_lines(ExpectedRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (Anonymous.IsOn)
            return;
        var lines = Render(row).TrimEnd('\n').Split('\n');
        Assert.True(lines.Length <= ScreenLines, $"{lines.Length} lines");
        var result = Result(row);
        var worst = result.Scenarios.OrderBy(s => s.Verdict.Verdict).Select(s => s.Verdict.Findings.FirstOrDefault(f => f.Counts)).FirstOrDefault(f => f is not null);
        if (worst is not { Holders: [var holder, ..] })
            return; // a note, or a crash that nothing holds
        var first = string.Join(' ', lines.Take(FirstLines).Select(line => line.Trim()));
        Assert.Contains(holder.Name, first, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Every_golden_report_is_of_a_row()
    {
        var names = ExpectedRow.Read().Select(row => NameOf(row) + ".txt").ToHashSet(StringComparer.Ordinal);
        Assert.All(Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Scenarios", "Golden")), file => Assert.Contains(Path.GetFileName(file), names));
    }

    private static string NameOf(ExpectedRow row) =>
        Path.GetFileNameWithoutExtension(row.File)
        + (row.With == "-" ? "" : "+" + Path.GetFileNameWithoutExtension(row.With)) + (row.Scenario == "-" ? "" : "@" + row.Scenario);

    private static string? Of(string column) => column == "-" ? null : column;

    /// <summary>The check of the row's scenario, or of the first that shows the finding: scenarios that come later do not change a golden report.</summary>
    private static CheckResult Result(ExpectedRow row)
    {
        if (row.Scenario != "-")
            return Checks.Run(row.File, Of(row.With), row.Scenario);
        var all = Checks.Run(row.File, Of(row.With));
        var first = all.Scenarios.First(s => s.Verdict.Findings.Any(f => Reasons.Of(f.Reason).Id == row.Reason));
        return Checks.Run(row.File, Of(row.With), first.Verdict.Scenario);
    }

    private static string Render(ExpectedRow row)
    {
        var result = Result(row);
        var images = new[] { row.File, row.With }.Where(name => name != "-").ToDictionary(
            name => name, name => ImageSymbols.Load(PeImage.Parse(Checks.Input(name).Content, name), Repository.Driver(name), []));
        var report = new ReportBuilder(new ImageSiteResolver(images)).Build(result);
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Width;
        new ConsoleReport(console).Write(report, verbose: false);
        return writer.ToString().ReplaceLineEndings("\n");
    }
}

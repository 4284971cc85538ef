using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LastRef.Lab;
using LastRef.Reports;
using Spectre.Console;

namespace LastRef.Cli;

/// <summary><c>lastref check FILE…</c>.</summary>
internal static class CheckCommand
{
    public static Command Build()
    {
        var files = new Argument<string[]>("FILE") { Description = "Drivers to check, one after the other.", Arity = ArgumentArity.OneOrMore };
        Files.RefuseOptions(files);
        var scenarios = new Option<string[]>("--scenario") { Description = "Run only this scenario; may be given more than once.", HelpName = "NAME" };
        var verbose = new Option<bool>("--verbose") { Description = "All evidence, the whole story, and what was exercised." };
        var summary = new Option<bool>("--summary") { Description = "One line a driver instead of its report." };
        Files.RefuseUnknownScenarios(scenarios);
        var dump = new Option<string?>("--dump")
        {
            Description = "Save the machine as a crash dump, as the scenario with the worst verdict left it.", HelpName = "FILE",
        };
        dump.Validators.Add(result =>
        {
            if (result.GetValue(files) is { Length: > 1 })
                result.AddError("--dump takes one driver: each would write its dump to the same file.");
        });
        var run = new RunOptions();
        var outputs = new ReportOutputs();
        var command = new Command("check", "Runs drivers through their lives and says whether each leaves memory.") { files, scenarios, verbose, summary, dump };
        outputs.AddTo(command);
        run.AddTo(command);
        command.SetAction(parsed => Run(
            parsed, run, outputs, parsed.GetValue(files) ?? [], parsed.GetValue(scenarios) ?? [], parsed.GetValue(dump), parsed.GetValue(summary),
            (report, isFirst) => Show(report, isFirst, parsed.GetValue(summary), parsed.GetValue(verbose))));
        return command;
    }

    private static void Show(CheckReport report, bool isFirst, bool summary, bool verbose)
    {
        var console = Terminal.Output();
        if (summary)
        {
            new SummaryReport(console).Write(report);
            return;
        }

        if (!isFirst)
            console.WriteLine();
        new ConsoleReport(console).Write(report, verbose);
    }

    private static int Run(
        ParseResult parsed, RunOptions run, ReportOutputs outputs, string[] files, string[] scenarios, string? dumpPath, bool isSummary, Action<CheckReport, bool> show)
    {
        var start = Stopwatch.GetTimestamp();
        var codes = new List<int>();
        var reports = new List<CheckReport>();
        var unreadable = false;
        using var dump = dumpPath is null ? null : new DumpOutput(dumpPath);
        var isQuiet = outputs.TakesStandardOutput(parsed);
        var withTimeline = outputs.NeedsTimelines(parsed);
        foreach (var (code, report, refused) in InOrder(files, file => CheckOne(parsed, run, file, scenarios, withTimeline, files.Length > 1, dump)))
        {
            if (report is null)
            {
                // One bad file does not keep the others from being checked; the exit code tells of it.
                Console.Error.WriteLine($"lastref: {refused}");
                unreadable = true;
                continue;
            }

            codes.Add(code);
            reports.Add(report);
            if (!isQuiet)
                show(report, reports.Count == 1);
        }

        // On standard error: what standard output says is the same in every run.
        if (isSummary)
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lastref: {files.Length} drivers in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
        if (reports.Count > 0 && !outputs.Write(parsed, reports))
            unreadable = true;
        if (reports.Count > 0 && dump is not null && !Files.TryOutput(() => Commit(dump, isQuiet)))
            unreadable = true;
        return unreadable ? ExitCode.Unreadable : ExitCode.Of(codes);
    }

    private static void Commit(DumpOutput dump, bool isQuiet)
    {
        dump.Commit();
        if (!isQuiet)
            Terminal.Output().MarkupLineInterpolated($"Dump of the machine at the end of scenario {dump.Scenario}: {dump.Path}");
    }

    /// <summary>Checks several files at a time, one a processor; they know nothing of each other and are reported in the order given.</summary>
    private static IEnumerable<T> InOrder<T>(string[] files, Func<string, T> check) =>
        files.Length == 1 ? files.Select(check) : SideBySide.Select(files, check);

    /// <returns>The report or why there is none. The captures and traces of the machines end here: many drivers would fill the memory.</returns>
    private static (int Code, CheckReport? Report, string Refused) CheckOne(
        ParseResult parsed, RunOptions run, string file, string[] scenarios, bool withTimeline, bool isOneOfMany, DumpOutput? dump)
    {
        try
        {
            var request = run.Request(parsed, file, scenarios) with
            {
                Concluded = dump is null ? null : dump.OnConcluded,
                // Of several drivers each has a processor already; a dump keeps one machine, the first of the worst.
                Jobs = isOneOfMany || dump is not null ? new OneByOne() : new SideBySide(),
            };
            var result = Progress.Show(file, progress => new LabChecker().Check(request, progress), isOneOfMany);
            return (ExitCode.Of(result), new ReportBuilder(Files.SymbolsOf(request, run.Symbols(parsed))).Build(result, withTimeline), "");
        }
        catch (InputException refused)
        {
            return (ExitCode.Unreadable, null, refused.Message);
        }
    }
}

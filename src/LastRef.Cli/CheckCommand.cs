using System.CommandLine;
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
        var json = new Option<string?>("--json") { Description = "Write the report as JSON to a file, or to standard output with -.", HelpName = "FILE|-" };
        var verbose = new Option<bool>("--verbose") { Description = "All evidence, the whole story, and what was exercised." };
        var run = new RunOptions();
        var command = new Command("check", "Runs drivers through their lives and says whether each leaves memory.") { files, scenarios, json, verbose };
        run.AddTo(command);
        command.SetAction(parsed => Run(
            parsed, run, parsed.GetValue(files) ?? [], parsed.GetValue(scenarios) ?? [], parsed.GetValue(json), parsed.GetValue(verbose)));
        return command;
    }

    private static int Run(ParseResult parsed, RunOptions run, string[] files, string[] scenarios, string? json, bool verbose)
    {
        var checker = new LabChecker();
        var results = new List<CheckResult>();
        var reports = new List<CheckReport>();
        var unreadable = false;
        var console = Terminal.Output();
        foreach (var file in files)
        {
            try
            {
                var request = run.Request(parsed, file, scenarios);
                var result = Progress.Show(file, progress => checker.Check(request, progress));
                var report = new ReportBuilder(Files.SymbolsOf(request, run.Symbols(parsed))).Build(result);
                results.Add(result);
                reports.Add(report);
                if (json == "-")
                    continue;
                if (reports.Count > 1)
                    console.WriteLine();
                new ConsoleReport(console).Write(report, verbose);
            }
            catch (InputException refused)
            {
                // One bad file does not keep the others from being checked; the exit code tells of it.
                Console.Error.WriteLine($"lastref: {refused.Message}");
                unreadable = true;
            }
        }

        if (reports.Count > 0 && json is not null)
            WriteJson(json, reports);
        return unreadable ? ExitCode.Unreadable : ExitCode.Of(results);
    }

    private static void WriteJson(string path, List<CheckReport> reports)
    {
        var text = ReportJson.Write(reports);
        if (path == "-")
            Console.Out.Write(text);
        else
            Files.Write(path, text);
    }
}

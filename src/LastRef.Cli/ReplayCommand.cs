using System.CommandLine;
using LastRef.Lab;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary><c>lastref replay TOKEN FILE</c>: the run that a report's token names, again.</summary>
internal static class ReplayCommand
{
    public static Command Build()
    {
        var token = new Argument<string>("TOKEN") { Description = "From a report." };
        var file = new Argument<string>("FILE") { Description = "The same driver file." };
        Files.RefuseOptions(file);
        var json = new Option<bool>("--json") { Description = "The report as JSON on standard output." };
        var verbose = new Option<bool>("--verbose") { Description = "All evidence and the whole story." };
        var run = new RunOptions();
        var command = new Command("replay", "Runs a scenario again exactly as a report's token says.") { token, file, json, verbose };
        run.AddTo(command);
        command.SetAction(parsed =>
        {
            var request = run.Request(parsed, parsed.GetValue(file)!, [], parsed.GetValue(token));
            var result = Progress.Show(request.Driver.Path, progress => new LabChecker().Check(request, progress));
            var report = new ReportBuilder(Files.SymbolsOf(request, run.Symbols(parsed))).Build(result);
            if (parsed.GetValue(json))
                Console.Out.Write(ReportJson.Write([report]));
            else
                new ConsoleReport(Terminal.Output()).Write(report, parsed.GetValue(verbose));
            return ExitCode.Of(result);
        });
        return command;
    }
}

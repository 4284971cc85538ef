using System.CommandLine;
using LastRef.Lab;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary><c>lastref debug-guide FILE</c>: how to confirm the finding on a real machine.</summary>
internal static class DebugGuideCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "The driver." };
        Files.RefuseOptions(file);
        var scenarios = new Option<string[]>("--scenario") { Description = "Run only this scenario; may be given more than once.", HelpName = "NAME" };
        Files.RefuseUnknownScenarios(scenarios);
        var run = new RunOptions();
        var command = new Command("debug-guide", "Prints the WinDbg commands that confirm the finding on a real machine.") { file, scenarios };
        run.AddTo(command);
        command.SetAction(parsed =>
        {
            var request = run.Request(parsed, parsed.GetValue(file)!, parsed.GetValue(scenarios) ?? []);
            var result = Progress.Show(request.Driver.Path, progress => new LabChecker().Check(request, progress));
            var report = new ReportBuilder(Files.SymbolsOf(request, run.Symbols(parsed))).Build(result);
            Console.Out.Write(DebugGuide.Write(report) ?? $"{request.Driver.FileName}: no finding counts against it, so there is nothing to confirm.\n");
            return ExitCode.Of(result);
        });
        return command;
    }
}

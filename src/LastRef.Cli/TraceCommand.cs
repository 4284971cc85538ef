using System.CommandLine;
using LastRef.Lab;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary><c>lastref trace FILE --scenario NAME</c>: the story, event by event.</summary>
internal static class TraceCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "The driver." };
        Files.RefuseOptions(file);
        var scenario = new Option<string>("--scenario") { Description = "The scenario to tell.", HelpName = "NAME", Required = true };
        Files.RefuseUnknownScenarios(scenario);
        var run = new RunOptions();
        var command = new Command("trace", "Runs one scenario and tells everything that happened in it.") { file, scenario };
        run.AddTo(command);
        command.SetAction(parsed =>
        {
            var request = run.Request(parsed, parsed.GetValue(file)!, [parsed.GetValue(scenario)!]);
            return Tell(request, run.Symbols(parsed));
        });
        return command;
    }

    private static int Tell(CheckRequest request, IReadOnlyList<string> symbols)
    {
        var result = Progress.Show(request.Driver.Path, progress => new LabChecker().Check(request, progress));
        var builder = new ReportBuilder(Files.SymbolsOf(request, symbols));
        var teller = new StoryTeller(request.Driver.FileName, builder.SiteOf);
        foreach (var told in result.Scenarios)
        {
            foreach (var line in teller.Tell(told.Trace, StoryDetail.Full))
                Console.Out.WriteLine(line);
            Console.Out.WriteLine($"verdict: {told.Verdict.Verdict}");
        }

        return ExitCode.Of([result]);
    }
}

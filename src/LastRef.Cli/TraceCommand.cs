using System.CommandLine;
using System.Text;
using LastRef.Lab;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary><c>lastref trace FILE --scenario NAME</c>: the story, event by event; <c>--out</c> keeps it in a file, which the command reads again.</summary>
internal static class TraceCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "The driver, or a trace that --out wrote." };
        Files.RefuseOptions(file);
        var scenario = new Option<string?>("--scenario") { Description = "The scenario to tell; needed for a driver.", HelpName = "NAME" };
        var output = new Option<string?>("--out") { Description = "Write the trace to a file, a JSON object a line, instead of telling it.", HelpName = "TRACE" };
        Files.RefuseUnknownScenarios(scenario);
        var run = new RunOptions();
        var command = new Command("trace", "Runs one scenario and tells everything that happened in it.") { file, scenario, output };
        run.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(scenario) is null && result.GetValue(file) is { } path && !IsTrace(path))
                result.AddError("trace needs --scenario NAME for a driver.");
        });
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(scenario) is not { } name)
                return TellFile(parsed.GetValue(file)!);
            var request = run.Request(parsed, parsed.GetValue(file)!, [name]);
            return Tell(request, run.Symbols(parsed), parsed.GetValue(output));
        });
        return command;
    }

    private static bool IsTrace(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var start = new byte[TraceFile.Beginning.Length];
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
                && Encoding.UTF8.GetString(start) == TraceFile.Beginning;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Whatever it is, it is no trace that can be read.
            return false;
        }
    }

    private static int TellFile(string path)
    {
        var (header, trace) = TraceFile.Read(Encoding.UTF8.GetString(Files.Read(path).Content.Span), path);
        foreach (var line in new StoryTeller(header.Driver, new ReportBuilder(new NoSymbols()).SiteOf).Tell(trace, StoryDetail.Full))
            Console.Out.WriteLine(line);
        Console.Out.WriteLine($"verdict: {header.Verdict}");
        return ExitCode.Clean;
    }

    private static int Tell(CheckRequest request, IReadOnlyList<string> symbols, string? output)
    {
        var result = Progress.Show(request.Driver.Path, progress => new LabChecker().Check(request, progress));
        var builder = new ReportBuilder(Files.SymbolsOf(request, symbols));
        var teller = new StoryTeller(request.Driver.FileName, builder.SiteOf);
        foreach (var told in result.Scenarios)
        {
            if (output is not null)
            {
                Files.Write(output, TraceFile.Write(told.Trace, request.Driver.FileName, told.Verdict.Scenario, told.Verdict.Verdict.ToString()));
                continue;
            }

            foreach (var line in teller.Tell(told.Trace, StoryDetail.Full))
                Console.Out.WriteLine(line);
            Console.Out.WriteLine($"verdict: {told.Verdict.Verdict}");
        }

        return ExitCode.Of(result);
    }
}

using System.CommandLine;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary><c>lastref explain R-03</c>, <c>L-6</c> or <c>U-3.51</c>: the page of a reason or a rule, or a fact that a page cites.</summary>
internal static class ExplainCommand
{
    public static Command Build()
    {
        var id = new Argument<string>("ID") { Description = "A reason such as R-03, a rule such as L-6, or a fact such as U-3.51." };
        var command = new Command("explain", "Explains a reason, a rule, or a fact that a report cites.") { id };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(id)!;
            if ((Pages.Find(asked) ?? Facts.Find(asked)) is { } page)
            {
                Console.Out.Write(page);
                return ExitCode.Clean;
            }

            Console.Error.WriteLine($"lastref: there is no page on '{asked}'; there are reasons {Span('R')}, rules {Span('L')}, and the facts of docs/behaviour.md such as U-3.51");
            return ExitCode.Usage;
        });
        return command;
    }

    /// <summary>The first and the last id of a kind.</summary>
    private static string Span(char kind)
    {
        var ids = Pages.Ids.Where(id => id[0] == kind).ToList();
        return $"{ids[0]} to {ids[^1]}";
    }
}

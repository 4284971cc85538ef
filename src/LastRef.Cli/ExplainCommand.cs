using System.CommandLine;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary><c>lastref explain R-03</c> or <c>L-6</c>: the page of a reason or a rule.</summary>
internal static class ExplainCommand
{
    public static Command Build()
    {
        var id = new Argument<string>("ID") { Description = "A reason such as R-03, or a rule such as L-6." };
        var command = new Command("explain", "Explains a reason or a rule.") { id };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(id)!;
            if (Pages.Find(asked) is { } page)
            {
                Console.Out.Write(page);
                return ExitCode.Clean;
            }

            Console.Error.WriteLine($"lastref: there is no page on '{asked}'; there are: {string.Join(", ", Pages.Ids)}");
            return ExitCode.Usage;
        });
        return command;
    }
}

using System.CommandLine;

namespace LastRef.Cli;

/// <summary><c>lastref demo legacy|pnp|hybrid|sideband</c>: the life of each kind of driver, played on a driver in the tool.</summary>
internal static class DemoCommand
{
    public static Command Build()
    {
        var kind = new Argument<string>("KIND") { Description = $"What to show: {string.Join(", ", Demos.All.Keys)}." };
        kind.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !Demos.All.ContainsKey(result.Tokens[0].Value))
                result.AddError($"There is no demo '{result.Tokens[0].Value}'; there are: {string.Join(", ", Demos.All.Keys)}.");
        });
        var command = new Command("demo", "Plays how a kind of driver lives and leaves, and explains each step.") { kind };
        command.SetAction(parsed =>
        {
            foreach (var line in DemoPlayer.Play(Demos.All[parsed.GetValue(kind)!]))
                Console.Out.WriteLine(line);
            return ExitCode.Clean;
        });
        return command;
    }
}

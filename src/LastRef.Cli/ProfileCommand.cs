using System.CommandLine;
using LastRef.Lab;

namespace LastRef.Cli;

/// <summary><c>lastref profile new</c> and <c>lastref profile check</c>.</summary>
internal static class ProfileCommand
{
    public static Command Build() => new("profile", "Writes and checks profiles: the device that a driver is given, and what stands around it.")
    {
        BuildNew(),
        BuildCheck(),
    };

    private static Command BuildNew()
    {
        var file = new Argument<string?>("FILE") { Description = "Where to; standard output when left out.", Arity = ArgumentArity.ZeroOrOne };
        Files.RefuseOptions(file);
        var command = new Command("new", "Writes a commented profile that says what the lab does by itself.") { file };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(file) is not { } path)
            {
                Console.Out.Write(ProfileTemplate.Text);
                return ExitCode.Clean;
            }

            if (Path.Exists(path))
                throw new InputException($"{path}: exists already and is not overwritten");
            Files.Write(path, ProfileTemplate.Text);
            return ExitCode.Clean;
        });
        return command;
    }

    private static Command BuildCheck()
    {
        var files = new Argument<string[]>("FILE") { Description = "Profiles.", Arity = ArgumentArity.OneOrMore };
        Files.RefuseOptions(files);
        var command = new Command("check", "Says all that is wrong with profiles, each with line and column.") { files };
        command.SetAction(parsed =>
        {
            var isClean = true;
            foreach (var path in parsed.GetValue(files) ?? [])
            {
                var problems = ProfileReader.Check(Files.Read(path));
                foreach (var problem in problems)
                    Console.Out.WriteLine(problem);
                if (problems.Count == 0)
                    Console.Out.WriteLine($"{path}: nothing is wrong");
                isClean &= problems.Count == 0;
            }

            return isClean ? ExitCode.Clean : ExitCode.Unreadable;
        });
        return command;
    }
}

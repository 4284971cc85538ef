using System.CommandLine;
using LastRef;
using LastRef.Cli;

// The second of the two places that catch (style, section 5): one line for people, a number for scripts.
try
{
    var parsed = Commands.Build().Parse(args);
    if (parsed.Errors.Count > 0)
    {
        Console.Error.WriteLine($"lastref: {string.Join(' ', parsed.Errors.Select(error => error.Message))}");
        return ExitCode.Usage;
    }

    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UsageException error)
{
    Console.Error.WriteLine($"lastref: {error.Message}");
    return ExitCode.Usage;
}
catch (InputException error)
{
    Console.Error.WriteLine($"lastref: {error.Message}");
    return ExitCode.Unreadable;
}
catch (Exception error)
{
    Console.Error.WriteLine($"lastref: internal error: {error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}");
    return ExitCode.Internal;
}

using Spectre.Console;

namespace LastRef.Cli;

/// <summary>Consoles: colours and width of a terminal where there is one, plain text of any width in a pipe.</summary>
internal static class Terminal
{
    /// <summary>Wide enough that nothing is folded in a pipe.</summary>
    private const int PipeWidth = 4096;

    public static IAnsiConsole Output() => Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error() => Create(Console.Error, Console.IsErrorRedirected);

    private static IAnsiConsole Create(TextWriter writer, bool isPipe)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isPipe ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isPipe ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isPipe ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        if (isPipe)
            console.Profile.Width = PipeWidth;
        return console;
    }
}

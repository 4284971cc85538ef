using System.CommandLine;

namespace LastRef.Cli;

/// <summary>The command line: what can be asked, and who answers.</summary>
internal static class Commands
{
    public static RootCommand Build() => new("Says whether a Windows kernel driver leaves memory and, if not, who holds the last reference to it.")
    {
        CheckCommand.Build(),
        ExportsCommand.Build(),
        TraceCommand.Build(),
        ExplainCommand.Build(),
        DebugGuideCommand.Build(),
        ReplayCommand.Build(),
        DumpCommand.Build(),
        ProfileCommand.Build(),
        DemoCommand.Build(),
    };
}

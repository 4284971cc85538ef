using System.CommandLine;
using System.Globalization;
using LastRef.Lab;
using LastRef.Symbols;

namespace LastRef.Cli;

/// <summary>Options that every command which runs a driver has.</summary>
internal sealed class RunOptions
{
    private readonly Option<string[]> _with = new("--with")
    {
        Description = "Another driver to load beside it; may be given more than once.", HelpName = "OTHER.sys",
    };

    private readonly Option<string?> _profile = new("--profile") { Description = "The device to run it on, JSON (schemas/profile.schema.json).", HelpName = "FILE" };

    private readonly Option<string[]> _symbols = new("--symbols")
    {
        Description = "A folder with PDB files, a symbol store, or a symbol path (srv*CACHE*…), of which the local parts are searched; may be given more than once.",
        HelpName = "PATH",
    };

    private readonly Option<NtBuild> _build = new("--build")
    {
        Description = "The Windows build to run it in: 7601, 14393, 17763, 19041 (the default) or 22000.",
        HelpName = "BUILD",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (int.TryParse(text, out var number) && Enum.IsDefined((NtBuild)number))
                return (NtBuild)number;
            result.AddError($"'{text}' is no build that LastRef has: {string.Join(", ", Enum.GetValues<NtBuild>().Select(b => (int)b))}.");
            return default;
        },
    };

    private readonly Option<long> _maximumInstructions = new("--max-instructions")
    {
        Description = "Instructions after which a scenario ends as inconclusive.", HelpName = "N",
        DefaultValueFactory = _ => 500_000_000,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
                return number;
            result.AddError($"--max-instructions takes a whole number above zero, not '{text}'.");
            return 0;
        },
    };

    private readonly Option<bool> _noVerifier = new("--no-verifier") { Description = "Do not stop where Driver Verifier would." };

    public void AddTo(Command command)
    {
        command.Options.Add(_with);
        command.Options.Add(_profile);
        command.Options.Add(_symbols);
        command.Options.Add(_build);
        command.Options.Add(_maximumInstructions);
        command.Options.Add(_noVerifier);
    }

    /// <summary>The folders given with <c>--symbols</c>.</summary>
    /// <exception cref="InputException">No symbol path.</exception>
    public IReadOnlyList<string> Symbols(ParseResult parsed) => [.. SymbolPath.Parse(parsed.GetValue(_symbols) ?? []).LocalFolders];

    /// <exception cref="InputException">A file is unreadable.</exception>
    public CheckRequest Request(ParseResult parsed, string driver, IReadOnlyList<string> scenarios, string? replay = null) => new()
    {
        Driver = Files.Read(RequireFolders(parsed, driver)),
        With = [.. (parsed.GetValue(_with) ?? []).Select(Files.Read)],
        Profile = parsed.GetValue(_profile) is { } profile ? Files.Read(profile) : null,
        Scenarios = scenarios,
        Replay = replay,
        Build = parsed.GetResult(_build) is null ? NtBuild.Windows10_2004 : parsed.GetValue(_build),
        MaximumInstructions = parsed.GetValue(_maximumInstructions),
        Verifier = !parsed.GetValue(_noVerifier),
    };

    /// <summary>A mistyped folder would silently cost every call site its function and line.</summary>
    private string RequireFolders(ParseResult parsed, string driver)
    {
        foreach (var folder in Symbols(parsed).Where(folder => !Directory.Exists(folder)))
            throw new InputException(File.Exists(folder) ? $"{folder}: is a file, not a folder" : $"{folder}: no such folder");
        return driver;
    }
}

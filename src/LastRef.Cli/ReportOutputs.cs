using System.CommandLine;
using System.Reflection;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary>The files that a check writes beside its console report: each whole or not at all, and one that fails does not keep others from being written.</summary>
internal sealed class ReportOutputs
{
    private const string Standard = "-";
    private const string Html = "--html";

    private readonly (Option<string?> Option, Func<IReadOnlyList<CheckReport>, string> Write)[] _formats =
    [
        (Make("--json", "JSON"), ReportJson.Write),
        (Make("--sarif", "SARIF 2.1.0, for code scanning,"), reports => SarifReport.Write(reports, Version)),
        (Make("--junit", "JUnit XML, a test case a scenario,"), JUnitReport.Write),
        (Make(Html, "a page that needs nothing but itself"), HtmlReport.Write),
    ];

    /// <summary>As semantic versioning has it, without build metadata.</summary>
    private static string Version =>
        typeof(ReportOutputs).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>Adds the options, and the check that no two outputs go to one place.</summary>
    public void AddTo(Command command)
    {
        foreach (var (option, _) in _formats)
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            // By tokens, not by value: an option without its argument is an error that the parser reports itself.
            var places = _formats
                .Select(format => (format.Option.Name, Path: result.GetResult(format.Option)?.Tokens is [var token, ..] ? token.Value : null))
                .Where(place => place.Path is not null);
            foreach (var same in places.GroupBy(place => place.Path == Standard ? Standard : FullPath(place.Path!)).Where(group => group.Count() > 1))
                result.AddError($"{string.Join(" and ", same.Select(place => place.Name))} go to one place: {same.First().Path}");
        });
    }

    /// <summary>Whether standard output is taken by a report, so that nothing else may be written there.</summary>
    public bool TakesStandardOutput(ParseResult parsed) => _formats.Any(format => parsed.GetValue(format.Option) == Standard);

    /// <summary>Whether the reports need their timelines: only the page shows them.</summary>
    public bool NeedsTimelines(ParseResult parsed) => _formats.Any(format => format.Option.Name == Html && parsed.GetValue(format.Option) is not null);

    /// <returns>False when one could not be written; a line on standard error says which and why.</returns>
    public bool Write(ParseResult parsed, IReadOnlyList<CheckReport> reports)
    {
        var isWhole = true;
        foreach (var (option, write) in _formats)
        {
            if (parsed.GetValue(option) is not { } path)
                continue;
            isWhole &= Files.TryOutput(() =>
            {
                var text = write(reports);
                if (path == Standard)
                    Console.Out.Write(text);
                else
                    Files.Write(path, text);
            });
        }

        return isWhole;
    }

    private static Option<string?> Make(string name, string what) =>
        new(name) { Description = $"Write the report as {what} to a file, or to standard output with -.", HelpName = "FILE|-" };

    private static string FullPath(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (ArgumentException)
        {
            // A path that is none is refused when it is written.
            return path;
        }
    }
}

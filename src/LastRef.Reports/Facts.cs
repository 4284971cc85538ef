using System.Text.RegularExpressions;

namespace LastRef.Reports;

/// <summary>The numbered facts that pages, reports and code cite (docs/behaviour.md), embedded.</summary>
public static partial class Facts
{
    private const string Name = "behaviour.md";

    /// <summary>A fact with its section and, in words, what it rests on, ending in a line feed; null when the number is not in the list.</summary>
    /// <param name="id">Such as U-3.51, G-12 or T-30. Case does not matter.</param>
    public static string? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (Pages.Read(Name) is not { } document)
            return null;
        var (section, sources) = ("", new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var line in document.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                section = line[3..];
            else if (SourceRow().Match(line) is { Success: true } row)
                sources[row.Groups[1].Value] = row.Groups[2].Value;
            else if (FactLine().Match(line) is { Success: true } fact && fact.Groups[1].Value.Equals(id, StringComparison.OrdinalIgnoreCase))
                return Describe(fact, section, sources);
        }

        return null;
    }

    private static string Describe(Match fact, string section, Dictionary<string, string> sources)
    {
        var text = $"{fact.Groups[1].Value}  {Pages.Plain(fact.Groups[2].Value).TrimEnd('\n')}\n\nin: {section}\n";
        return fact.Groups[3].Success && sources.TryGetValue(fact.Groups[3].Value, out var source)
            ? text + $"rests on: {Pages.Plain(source).TrimEnd('\n')}\n"
            : text;
    }

    [GeneratedRegex(@"^- \*\*([A-Z]-[0-9.]+[a-z]?)\*\* (.*?)(?: \[([A-Z])\])?$")]
    private static partial Regex FactLine();

    [GeneratedRegex(@"^\| ([A-Z]) \| (.+) \|$")]
    private static partial Regex SourceRow();
}

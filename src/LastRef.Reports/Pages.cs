using System.Text;
using System.Text.RegularExpressions;

namespace LastRef.Reports;

/// <summary>The user's pages on reasons and rules (docs/reasons, docs/rules.md), embedded, as plain text.</summary>
public static partial class Pages
{
    private const string ReasonPrefix = "reasons/";
    private const string RulesName = "rules.md";

    /// <summary>Every id that has a page: reasons first, then rules.</summary>
    public static IReadOnlyList<string> Ids { get; } =
    [
        .. typeof(Pages).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(ReasonPrefix, StringComparison.Ordinal))
            .Select(n => n[ReasonPrefix.Length..^".md".Length]).Order(StringComparer.Ordinal),
        .. RuleSections().Select(section => section.Id),
    ];

    /// <summary>The page of an id, ending in a line feed; null when there is none. Case and leading zeros do not matter.</summary>
    public static string? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var match = IdForm().Match(id);
        if (!match.Success)
            return null;
        var number = match.Groups[2].Value.TrimStart('0').PadLeft(1, '0');
        if (match.Groups[1].Value is "L" or "l")
            return RuleSections().FirstOrDefault(section => section.Id == $"L-{number}").Text;
        return Read($"{ReasonPrefix}R-{number.PadLeft(2, '0')}.md") is { } page ? Plain(page) : null;
    }

    /// <summary>One section of a reason's page in one line; null when there is no such page or section.</summary>
    public static string? SectionOf(string reason, string heading)
    {
        if (Read($"{ReasonPrefix}{reason}.md") is not { } page)
            return null;
        var lines = page.ReplaceLineEndings("\n").Split('\n');
        var start = Array.IndexOf(lines, $"## {heading}");
        if (start < 0)
            return null;
        var end = Array.FindIndex(lines, start + 1, line => line.StartsWith("## ", StringComparison.Ordinal));
        var body = Plain(string.Join('\n', lines[(start + 1)..(end < 0 ? lines.Length : end)]));
        return string.Join(' ', body.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>Markdown as a person reads it in a terminal: without the marks.</summary>
    internal static string Plain(string markdown)
    {
        var text = new StringBuilder();
        foreach (var line in markdown.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                continue;
            var plain = line.StartsWith('#') ? line.TrimStart('#', ' ') : LinkForm().Replace(line, "$1").Replace("`", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);
            text.Append(plain).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<(string Id, string Text)> RuleSections()
    {
        if (Read(RulesName) is not { } page)
            yield break;
        var lines = page.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (RuleHeading().Match(lines[i]) is not { Success: true } heading)
                continue;
            var end = Array.FindIndex(lines, i + 1, line => line.StartsWith("## ", StringComparison.Ordinal));
            yield return (heading.Groups[1].Value, Plain(string.Join('\n', lines[i..(end < 0 ? lines.Length : end)])));
        }
    }

    /// <summary>An embedded document; null when there is none of that name.</summary>
    internal static string? Read(string name)
    {
        using var stream = typeof(Pages).Assembly.GetManifestResourceStream(name);
        if (stream is null)
            return null;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^([RL])-?(\d{1,2})$", RegexOptions.IgnoreCase)]
    private static partial Regex IdForm();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex LinkForm();

    [GeneratedRegex(@"^## (L-\d+)\b")]
    private static partial Regex RuleHeading();
}

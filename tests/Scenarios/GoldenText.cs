namespace LastRef.Tests;

/// <summary>Checked-in expected text below tests/Scenarios/Golden; <c>UPDATE_GOLDENS=1</c> rewrites it.</summary>
internal static partial class GoldenText
{
    /// <summary>Gives each address a number in the order of appearance: where the pool puts an object is no one's business.</summary>
    public static string WithoutAddresses(string text)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        text = Address().Replace(text, match =>
        {
            var key = match.Value.Replace("`", "", StringComparison.Ordinal).Replace("0x", "", StringComparison.Ordinal);
            numbers.TryAdd(key, numbers.Count + 1);
            return $"@{numbers[key]}";
        });
        return Token().Replace(text, "(token)");
    }

    [System.Text.RegularExpressions.GeneratedRegex("(0x)?ffff[0-9a-f]{4}`?[0-9a-f]{8}")]
    private static partial System.Text.RegularExpressions.Regex Address();

    [System.Text.RegularExpressions.GeneratedRegex(@"lr1\.\S+")]
    private static partial System.Text.RegularExpressions.Regex Token();

    /// <summary>What does not agree; null when the text is the checked-in one.</summary>
    public static string? Difference(string name, string actual)
    {
        var path = Path.Combine(Repository.Root, "tests", "Scenarios", "Golden", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        if (!File.Exists(path))
            return $"{name} has no golden file; run with UPDATE_GOLDENS=1";
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n');
        var lines = actual.Split('\n');
        var at = Enumerable.Range(0, Math.Max(expected.Length, lines.Length)).FirstOrDefault(i => expected.ElementAtOrDefault(i) != lines.ElementAtOrDefault(i), -1);
        return at < 0 ? null : $"{name}, line {at + 1}:\n- {expected.ElementAtOrDefault(at)}\n+ {lines.ElementAtOrDefault(at)}";
    }
}

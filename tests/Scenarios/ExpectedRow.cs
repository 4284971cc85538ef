namespace LastRef.Tests;

/// <summary>A row of drivers/expected.tsv: one check and what it must say.</summary>
public sealed record ExpectedRow(
    int Line, string File, string With, string Scenario, string[] Verdicts, string Reason, string[] Certainties, string Party, string Image,
    string Function, string Source)
{
    public static IReadOnlyList<ExpectedRow> Read() =>
        [.. System.IO.File.ReadAllLines(Path.Combine(Repository.Root, "drivers", "expected.tsv"))
            .Select((text, index) => (Text: text, Line: index + 1))
            .Where(l => l.Text.Length > 0 && l.Text[0] != '#' && !l.Text.StartsWith("file\t", StringComparison.Ordinal))
            .Select(l => Parse(l.Text.Split('\t'), l.Line))];

    /// <summary>Names the check in a list of known gaps: file, neighbour, scenario.</summary>
    public string Key => $"{File} {With} {Scenario} {Reason}";

    public override string ToString() => Key;

    private static ExpectedRow Parse(string[] c, int line)
    {
        Assert.True(c.Length == 10, $"expected.tsv line {line} has {c.Length} columns, not 10.");
        return new ExpectedRow(line, c[0], c[1], c[2], c[3].Split('|'), c[4], c[5].Split('|'), c[6], c[7], c[8], c[9]);
    }
}

namespace LastRef.Tests;

/// <summary>A row of Data/real-cases.tsv: a case from the field and the check that expresses it.</summary>
public sealed record RealCase(
    string Id, string Source, string Seen, string File, string With, string Profile, string Scenario, string UntilThen, string Verdict, string Reason, string Cause, string Missing)
{
    /// <summary>Whether the lab can tell this story.</summary>
    public bool IsExpressed => File != "-";

    public static IReadOnlyList<RealCase> Read() =>
    [
        .. System.IO.File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Scenarios", "Data", "real-cases.tsv"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => Parse(line.Split('\t'))),
    ];

    public override string ToString() => Id;

    private static RealCase Parse(string[] c)
    {
        Assert.True(c.Length == 12, $"real-cases.tsv: {c[0]} has {c.Length} columns, not 12.");
        return new RealCase(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11]);
    }
}

using LastRef.Lab;

namespace LastRef.Tests;

/// <summary>Every committed driver says what drivers/expected.tsv says of it.</summary>
public sealed class ExpectedTests
{
    public static TheoryData<ExpectedRow> Rows() => [.. ExpectedRow.Read()];

    /// <summary>Rows that are known not to hold yet, with what is missing; a row that starts to hold must leave the list.</summary>
    public static IReadOnlyDictionary<string, string> Gaps { get; } =
        File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Scenarios", "Data", "gaps.tsv"))
            .Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('\t')).ToDictionary(c => c[0], c => c[1], StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_driver_is_judged_as_its_table_says(ExpectedRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var problem = Problem(row);
        if (Gaps.TryGetValue(row.Key, out var missing))
            Assert.True(problem is not null, $"'{row.Key}' holds now; take it out of gaps.tsv ({missing}).");
        else
            Assert.True(problem is null, $"{row.Key}: {problem}");
    }

    [Fact]
    public void Every_known_gap_is_a_row_of_the_table()
    {
        var keys = ExpectedRow.Read().Select(r => r.Key).ToHashSet(StringComparer.Ordinal);
        Assert.All(Gaps.Keys, key => Assert.Contains(key, keys));
    }

    private static string? Problem(ExpectedRow row)
    {
        var result = Checks.Run(row.File, row.With == "-" ? null : row.With, row.Scenario == "-" ? null : row.Scenario);
        var scenarios = result.Scenarios;
        var verdict = result.Verdict.ToString();
        var said = string.Join("; ", scenarios.Select(s =>
            $"{s.Verdict.Scenario} {s.Verdict.Verdict} {string.Join(",", s.Verdict.Findings.Select(f => f.Reason))} {string.Join(",", s.Verdict.Inconclusive)}"));
        if (!row.Verdicts.Contains(verdict))
            return $"verdict {verdict}, not {string.Join("|", row.Verdicts)}: {said}";
        var findings = scenarios.SelectMany(s => s.Verdict.Findings).ToList();
        if (row.Reason == "-")
        {
            var blamed = findings.Find(f => f.Counts && f.Blame.Party == Party.Driver);
            return blamed is null ? null : $"{blamed.Reason} blames it: {said}";
        }

        var reason = Reasons.Find(row.Reason)?.Reason ?? throw new InvalidDataException($"expected.tsv line {row.Line}: there is no reason {row.Reason}");
        var found = findings.Where(f => f.Reason == reason).ToList();
        return found.Count == 0 ? $"no finding {row.Reason}: {said}" : found.Select(f => Difference(row, f)).FirstOrDefault(d => d is null, Difference(row, found[0]));
    }

    private static string? Difference(ExpectedRow row, Finding finding)
    {
        if (!row.Certainties.Contains(finding.Certainty.ToString()))
            return $"certainty {finding.Certainty}";
        if (!finding.Blame.Party.ToString().Equals(row.Party, StringComparison.OrdinalIgnoreCase))
            return $"blames the {finding.Blame.Party}, not the {row.Party}";
        if (row.Image != "-" && !Anonymous.Original(finding.Blame.Image).Equals(row.Image, StringComparison.OrdinalIgnoreCase))
            return $"blames {finding.Blame.Image}, not {row.Image}";
        if (row.Function == "-")
            return null;
        if (finding.Site is not { } site)
            return "no call site";
        var place = Checks.Locate(site);
        if (place?.Function != row.Function)
            return $"call site in {place?.Function ?? site.ToString()}, not {row.Function}";
        var (source, marker) = (row.Source.Split(':')[0], row.Source.Split(':')[1]);
        return marker.StartsWith("DEFECT", StringComparison.Ordinal) && place.Line != Repository.LineOf(source, marker)
            ? $"call site at line {place.Line}, not {Repository.LineOf(source, marker)}"
            : null;
    }
}

using System.Globalization;
using System.Text;

namespace LastRef.Tests;

/// <summary>Cases from the field are found as their sources say; docs/real-cases.md lists all of them.</summary>
public sealed class RealCaseTests
{
    private const string Page = "docs/real-cases.md";

    public static TheoryData<RealCase> Expressed() => [.. RealCase.Read().Where(c => c.IsExpressed)];

    public static TheoryData<RealCase> NotConfirmed() => [.. RealCase.Read().Where(c => c is { IsExpressed: true, Cause: not "confirmed" })];

    [Theory]
    [MemberData(nameof(Expressed))]
    public void A_real_case_is_found_as_its_source_says(RealCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        var result = Run(@case);
        Assert.Equal(@case.Verdict, result.Verdict.ToString());
        Assert.Contains(result.Scenarios.SelectMany(s => s.Verdict.Findings), f => Reasons.Of(f.Reason).Id == @case.Reason);
        Assert.All(result.Scenarios.SelectMany(s => s.Verdict.Findings).Where(f => f.Counts), f => Assert.Equal(@case.Reason, Reasons.Of(f.Reason).Id));
    }

    /// <summary>On the machine of the report there was no history: then the holder is not known, and what would settle it is said.</summary>
    [Theory]
    [MemberData(nameof(NotConfirmed))]
    public void Without_its_history_a_case_whose_cause_nobody_confirmed_is_not_proven(RealCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        var known = Run(@case).Scenarios[0];
        var context = new ScenarioContext { Name = @case.Scenario, DriverImage = Anonymous.IsOn ? known.Capture.ImageName : @case.File, DriverObject = known.Capture.DriverAddress, IsPnp = true };
        var verdict = Diagnostician.Judge(new DiagnosisInput(known.Capture, null, context));
        Assert.Equal(@case.Verdict, verdict.Verdict.ToString());
        var finding = Assert.Single(verdict.Findings, f => f.Counts);
        Assert.NotEqual(Certainty.Proven, finding.Certainty);
        Assert.Equal("", finding.Blame.Image);
        Assert.Contains(finding.Unobserved, line => line.Contains("would settle it", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_case_is_expressed_or_says_what_is_missing()
    {
        var cases = RealCase.Read();
        Assert.Equal(20, cases.Select(c => c.Id).Distinct().Count());
        Assert.True(cases.Count(c => c.IsExpressed) >= 6);
        Assert.All(cases, c => Assert.NotEqual(c.IsExpressed, c.Missing != "-"));
        Assert.All(cases, c => Assert.Contains(c.Cause, new[] { "confirmed", "likely", "unknown" }));
    }

    [Fact]
    public void The_page_of_real_cases_is_fresh()
    {
        var path = Path.Combine(Repository.Root, Page);
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1")
            File.WriteAllText(path, Write());
        Assert.True(File.Exists(path), $"{Page} is missing: UPDATE_GENERATED=1 ./test Scenarios writes it");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), Write());
    }

    private static CheckResult Run(RealCase @case) => Checks.Run(@case.File, @case.With == "-" ? null : @case.With, @case.Scenario);

    private static string Write()
    {
        var cases = RealCase.Read();
        var text = new StringBuilder();
        text.Append("# Real cases\n\nDrivers of others that did not unload, or left too early, from public reports: each is a check here where the lab can tell its story.\n");
        text.Append("Written from tests/Scenarios/Data/real-cases.tsv (`UPDATE_GENERATED=1 ./test Scenarios`), and each row is tested. The cause is as the source has it:\n");
        text.Append("*confirmed* by who owns the code, *likely*, or *unknown*; where it is not confirmed, LastRef calls nothing proven without a history of its own.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{cases.Count(c => c.IsExpressed)} of {cases.Count} are expressed.\n\n## Expressed\n\n");
        text.Append("| case | what was seen | check | found | cause |\n|---|---|---|---|---|\n");
        foreach (var c in cases.Where(c => c.IsExpressed))
        {
            var with = c.With == "-" ? "" : $" --with drivers/bin/{c.With}";
            text.Append($"| [{c.Id}]({c.Source}) | {c.Seen} | `lastref check drivers/bin/{c.File}{with} --scenario {c.Scenario}` | {c.Verdict}, {Reason(c)} | {c.Cause} |\n");
        }

        text.Append("\n## Not expressed yet\n\n| case | what was seen | what is missing | cause |\n|---|---|---|---|\n");
        foreach (var c in cases.Where(c => !c.IsExpressed))
            text.Append($"| [{c.Id}]({c.Source}) | {c.Seen} | {c.Missing} | {c.Cause} |\n");
        return text.ToString();
    }

    private static string Reason(RealCase c) => c.Reason == "unlisted" ? "outside the catalogue" : $"[{c.Reason}](reasons/{c.Reason}.md)";
}

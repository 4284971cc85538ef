using System.Text.Json;
using System.Xml.Linq;
using LastRef.Reports;
using LastRef.Symbols;
using Spectre.Console;

namespace LastRef.Tests;

/// <summary>SARIF, JUnit and the summary, of the same samples as the other formats.</summary>
public class FormatTests
{
    [Fact]
    public void Sarif_of_all_samples_follows_the_official_schema_and_is_as_it_was_reviewed()
    {
        var sarif = SarifReport.Write(All(), "1.2.3");
        Assert.Empty(SarifProblems(sarif));
        Golden.Match("all.sarif", sarif);
    }

    [Theory]
    [InlineData("\"version\": \"2.1.0\"", "\"version\": \"2.1\"")]
    [InlineData("\"level\": \"error\"", "\"level\": \"fatal\"")]
    [InlineData("\"startLine\": 28", "\"startLine\": 0")]
    [InlineData("\"columnKind\"", "\"columns\"")]
    public void The_official_schema_refuses_what_is_no_sarif(string good, string bad)
    {
        var sarif = SarifReport.Write(All(), "1.2.3");
        Assert.Contains(good, sarif, StringComparison.Ordinal);
        Assert.NotEmpty(SarifProblems(sarif.Replace(good, bad, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_result_names_rule_line_address_replay_and_holders()
    {
        using var log = JsonDocument.Parse(SarifReport.Write(All(), "1.2.3"));
        var run = log.RootElement.GetProperty("runs")[0];
        var result = run.GetProperty("results").EnumerateArray().First(r => r.GetProperty("ruleId").GetString() == "R-03");
        var rule = run.GetProperty("tool").GetProperty("driver").GetProperty("rules")[result.GetProperty("ruleIndex").GetInt32()];
        Assert.Equal("R-03", rule.GetProperty("id").GetString());
        Assert.Contains("!drvobj", rule.GetProperty("help").GetProperty("text").GetString(), StringComparison.Ordinal);
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("stuck.c", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(0x12A4, place.GetProperty("address").GetProperty("relativeAddress").GetInt64());
        var properties = result.GetProperty("properties");
        Assert.Equal("lr1.add-start-remove", properties.GetProperty("replay").GetString());
        Assert.Equal(@"\Device\StuckControl", properties.GetProperty("holders")[0].GetProperty("name").GetString());
        var notes = run.GetProperty("invocations")[0].GetProperty("toolExecutionNotifications").EnumerateArray();
        Assert.Contains(notes, note => note.GetProperty("message").GetProperty("text").GetString()!.Contains("not modelled", StringComparison.Ordinal));
    }

    [Fact]
    public void Junit_has_a_suite_a_driver_and_a_case_a_scenario()
    {
        var text = JUnitReport.Write(All());
        Golden.Match("all.junit.xml", text);
        var suites = XDocument.Parse(text).Root!;
        Assert.Equal(
            [("stuck.sys", "1", "0"), ("stuck.sys", "0", "0"), ("stuck.sys", "0", "1")],
            suites.Elements("testsuite").Select(suite => (suite.Attribute("name")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("errors")!.Value)));
        var failure = Assert.Single(suites.Descendants("failure"));
        Assert.Equal("R-03", failure.Attribute("type")!.Value);
        Assert.Contains("replay: lr1.add-start-remove", failure.Value, StringComparison.Ordinal);
        Assert.Equal("inconclusive", Assert.Single(suites.Descendants("error")).Attribute("type")!.Value);
    }

    [Fact]
    public void The_summary_has_one_line_a_driver_with_its_first_reason()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 200;
        foreach (var report in All())
            new SummaryReport(console).Write(report);
        var lines = text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal("stuck.sys                    NotAttempted   R-03 Control device of a PnP driver not deleted with its last device (1 of 2 scenarios)", lines[0]);
        Assert.EndsWith(" Unloaded", lines[1], StringComparison.Ordinal);
        Assert.Contains("Inconclusive   A kernel routine is not modelled", lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain(lines[2], char.IsControl);
    }

    private static IReadOnlyList<CheckReport> All()
    {
        var builder = new ReportBuilder(new Symbols());
        return [builder.Build(Samples.StuckHybrid()), builder.Build(Samples.Clean()), builder.Build(Samples.Inconclusive())];
    }

    private static List<string> SarifProblems(string sarif)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Golden.RepositoryFile("tests/LastRef.Reports.Tests/Data", "sarif-schema-2.1.0.json")));
        using var value = JsonDocument.Parse(sarif);
        return new JsonSchemaCheck(schema.RootElement).Problems(value.RootElement);
    }

    private sealed class Symbols : ISiteResolver
    {
        public SourceLocation? Resolve(CallSite site) => new("AddDevice", 0x24, @"C:\src\stuck.c", 28);
    }
}

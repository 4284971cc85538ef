using System.Text.Json;
using LastRef.Reports;
using LastRef.Symbols;
using Spectre.Console;

namespace LastRef.Tests;

public class ReportTests
{
    public static TheoryData<string> SampleNames => ["stuck", "clean", "inconclusive"];

    [Theory, MemberData(nameof(SampleNames))]
    public void The_console_report_of_a_sample_is_as_it_was_reviewed(string name)
    {
        var text = Render(Report(name), verbose: false);
        Golden.Match($"{name}.txt", text);
    }

    [Theory, MemberData(nameof(SampleNames))]
    public void The_json_of_a_sample_follows_the_schema_and_is_as_it_was_reviewed(string name)
    {
        var json = ReportJson.Write([Report(name)]);
        Assert.Empty(Problems(json));
        Golden.Match($"{name}.json", json);
    }

    [Fact]
    public void Several_reports_make_a_list_that_follows_the_schema()
    {
        var json = ReportJson.Write([Report("stuck"), Report("clean")]);
        Assert.Empty(Problems(json));
        Assert.Equal("lastref/report-list/1", JsonDocument.Parse(json).RootElement.GetProperty("schema").GetString());
    }

    [Theory]
    [InlineData("\"verdict\": \"NotAttempted\"", "\"verdict\": \"Stuck\"")]
    [InlineData("\"sha256\": \"a", "\"sha256\": \"A")]
    [InlineData("\"instructions\": 12345", "\"instructions\": -1")]
    [InlineData("\"unsupported\": []", "\"unsupported\": [], \"more\": 1")]
    [InlineData("\"phase\": \"A0\"", "\"phase\": 0")]
    [InlineData("\"where\": \"serviceControl\"", "\"where\": \"screen\"")]
    public void The_schema_refuses_what_is_not_a_report(string good, string bad)
    {
        var json = ReportJson.Write([Report("stuck")]);
        Assert.Contains(good, json, StringComparison.Ordinal);
        Assert.NotEmpty(Problems(json.Replace(good, bad, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_stuck_driver_fits_on_one_screen_and_its_holder_is_in_the_first_five_lines()
    {
        var lines = Render(Report("stuck"), verbose: false, width: 80).Split('\n');
        Assert.True(lines.Length <= 40, $"{lines.Length} lines");
        Assert.Contains(lines.Take(5), line => line.Contains(@"\Device\StuckControl", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(SampleNames))]
    public void Text_in_a_pipe_has_no_control_characters(string name) =>
        Assert.DoesNotContain(Render(Report(name), verbose: true), c => char.IsControl(c) && c != '\n');

    [Fact]
    public void A_call_site_is_looked_up_at_the_call_and_a_routine_at_its_entry()
    {
        var symbols = new ScriptedSymbols();
        var builder = new ReportBuilder(symbols);
        Assert.Equal("AddDevice, stuck.c:28 (stuck.sys+0x12a4)", builder.SiteOf(Samples.Creation)!.ToString());
    }

    [Fact]
    public void The_same_result_gives_the_same_bytes() =>
        Assert.Equal(ReportJson.Write([Report("stuck")]), ReportJson.Write([Report("stuck")]));

    private static CheckReport Report(string name) => new ReportBuilder(new NoSymbols()).Build(name switch
    {
        "stuck" => Samples.StuckHybrid(),
        "clean" => Samples.Clean(),
        _ => Samples.Inconclusive(),
    });

    private static string Render(CheckReport report, bool verbose, int width = 4096)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = width;
        new ConsoleReport(console).Write(report, verbose);
        return writer.ToString().ReplaceLineEndings("\n");
    }

    private static List<string> Problems(string json)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Golden.RepositoryFile("schemas", "report.schema.json")));
        using var value = JsonDocument.Parse(json);
        return new JsonSchemaCheck(schema.RootElement).Problems(value.RootElement);
    }

    private sealed class ScriptedSymbols : ISiteResolver
    {
        public SourceLocation? Resolve(CallSite site) => new("AddDevice", 0x24, @"C:\src\stuck.c", 28);
    }
}

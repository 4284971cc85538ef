using System.Text.Json;

namespace LastRef.Tests;

public sealed class ToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lastref-cli-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_driver_that_cannot_be_unloaded_fails_the_check_and_is_explained()
    {
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop");
        Assert.Equal(1, tool.ExitCode);
        Assert.StartsWith("r01-defect.sys: CANNOT BE UNLOADED", tool.Output, StringComparison.Ordinal);
        Assert.Contains("R-01 No unload routine", tool.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(tool.Output, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void A_driver_that_leaves_passes()
    {
        var tool = Tool.Run("check", Tool.Driver("r01-repaired.sys"), "--scenario", "start-stop");
        Assert.Equal(0, tool.ExitCode);
        Assert.StartsWith("r01-repaired.sys: UNLOADS.", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_on_standard_output_is_nothing_but_json()
    {
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop", "--json", "-");
        using var json = JsonDocument.Parse(tool.Output);
        Assert.Equal("NotAttempted", json.RootElement.GetProperty("verdict").GetString());
    }

    [Fact]
    public void Json_goes_to_a_file_whole_and_leaves_nothing_beside_it()
    {
        var path = Path.Combine(_folder, "report.json");
        Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop", "--json", path);
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal("lastref/report/1", json.RootElement.GetProperty("schema").GetString());
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Json_that_cannot_be_written_is_one_clear_line_after_the_report()
    {
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop", "--json", Path.Combine(_folder, "missing", "report.json"));
        Assert.Equal(66, tool.ExitCode);
        Assert.Contains("cannot be written", tool.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains("R-01", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_format_is_written_although_one_cannot_be()
    {
        var (sarif, junit) = (Path.Combine(_folder, "report.sarif"), Path.Combine(_folder, "report.xml"));
        var tool = Tool.Run(
            "check", Tool.Driver("r01-defect.sys"), Tool.Driver("r01-repaired.sys"), "--scenario", "start-stop", "--summary", "--sarif", sarif,
            "--json", Path.Combine(_folder, "missing", "report.json"), "--junit", junit);
        Assert.Equal(66, tool.ExitCode);
        Assert.Contains("cannot be written", tool.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(2, tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        using var log = JsonDocument.Parse(File.ReadAllText(sarif));
        Assert.Equal("R-01", log.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("ruleId").GetString());
        Assert.Equal(2, System.Xml.Linq.XDocument.Load(junit).Root!.Elements("testsuite").Count());
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Theory]
    [InlineData("--html")]
    [InlineData("--json")]
    [InlineData("--sarif")]
    [InlineData("--junit")]
    public void An_output_that_cannot_be_written_is_one_clear_line_and_the_others_are_written(string option)
    {
        var good = Path.Combine(_folder, "good");
        var other = option == "--json" ? "--html" : "--json";
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop", "--summary", option, Path.Combine(_folder, "missing", "x"), other, good);
        Assert.Equal(66, tool.ExitCode);
        Assert.Single(tool.ErrorLines, line => line.Contains("cannot be written", StringComparison.Ordinal));
        Assert.Contains("R-01", tool.Output, StringComparison.Ordinal);
        Assert.Contains("R-01", File.ReadAllText(good), StringComparison.Ordinal);
        Assert.Equal([good], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("--html")]
    [InlineData("--json")]
    public void A_disk_that_is_full_is_one_clear_line_and_the_others_are_written(string option)
    {
        if (!File.Exists("/dev/full"))
            return; // Linux has a disk that is always full; nothing else does
        var good = Path.Combine(_folder, "report.sarif");
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop", "--summary", option, "/dev/full", "--sarif", good);
        Assert.Equal(66, tool.ExitCode);
        Assert.Contains("/dev/full: cannot be written", Assert.Single(tool.ErrorLines, line => line.Contains("cannot", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("R-01", File.ReadAllText(good), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pdb_of_another_build_is_refused_by_its_identity_and_the_report_says_that_lines_are_missing()
    {
        var driver = Path.Combine(_folder, "r11-defect.sys");
        File.Copy(Tool.Driver("r04-defect.sys"), driver);
        File.Copy(Tool.Driver("r11-defect.pdb"), Path.Combine(_folder, "r04-defect.pdb"));
        var tool = Tool.Run("check", driver, "--scenario", "surprise-removal");
        Assert.Equal(1, tool.ExitCode);
        Assert.Contains("symbols: no lines for r11-defect.sys:", tool.Output, StringComparison.Ordinal);
        Assert.Contains("is of another build", tool.Output, StringComparison.Ordinal);
        Assert.Contains("R-04", tool.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("r04.c:", tool.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Tool.Run("check", driver, "--scenario", "surprise-removal", "--json", "-").Output);
        Assert.Single(json.RootElement.GetProperty("symbols").EnumerateArray());
    }

    [Fact]
    public void A_trace_is_kept_in_a_file_and_told_from_it_again()
    {
        var path = Path.Combine(_folder, "x.trace");
        var driver = Tool.Driver("r01-defect.sys");
        Assert.Equal(1, Tool.Run("trace", driver, "--scenario", "start-stop", "--out", path).ExitCode);
        var again = Tool.Run("trace", path);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("IoCreateDevice(", again.Output, StringComparison.Ordinal);
        Assert.EndsWith("verdict: NotAttempted\n", again.Output, StringComparison.Ordinal);
        Assert.Equal(
            Tool.Run("trace", driver, "--scenario", "start-stop").Output.Split('\n').Length, again.Output.Split('\n').Length);
    }

    [Fact]
    public void A_trace_that_is_cut_short_is_one_line_and_66()
    {
        var path = Path.Combine(_folder, "x.trace");
        Tool.Run("trace", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop", "--out", path);
        var text = File.ReadAllText(path);
        File.WriteAllText(path, text[..(text.Length / 2)]);
        var tool = Tool.Run("trace", path);
        Assert.Equal(66, tool.ExitCode);
        Assert.Equal("", tool.Output);
        Assert.StartsWith($"lastref: {path}: ", Assert.Single(tool.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-", "-")]
    [InlineData("same", "./same")]
    public void Two_outputs_to_one_place_are_refused_before_anything_runs(string first, string second)
    {
        var (one, two) = first == "-" ? (first, second) : (Path.Combine(_folder, first), Path.Combine(_folder, second));
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--json", one, "--sarif", two);
        Assert.Equal(64, tool.ExitCode);
        Assert.Contains(tool.ErrorLines, line => line.Contains("--json and --sarif go to one place", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void The_debug_guide_names_the_driver_and_its_device()
    {
        var tool = Tool.Run("debug-guide", Tool.Driver("r03-defect.sys"), "--scenario", "add-start-remove");
        Assert.Equal(1, tool.ExitCode);
        Assert.Contains(@"!drvobj \Driver\r03-defect 7", tool.Output, StringComparison.Ordinal);
        Assert.Contains(@"!devobj \Device\", tool.Output, StringComparison.Ordinal);
        var clean = Tool.Run("debug-guide", Tool.Driver("r03-repaired.sys"), "--scenario", "add-start-remove");
        Assert.Equal(0, clean.ExitCode);
        Assert.Contains("nothing to confirm", clean.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_check_gives_the_same_bytes_and_its_token_the_same_run()
    {
        var driver = Tool.Driver("r01-defect.sys");
        var first = Tool.Run("check", driver, "--scenario", "start-stop", "--json", "-").Output;
        Assert.Equal(first, Tool.Run("check", driver, "--scenario", "start-stop", "--json", "-").Output);
        using var json = JsonDocument.Parse(first);
        var token = json.RootElement.GetProperty("scenarios")[0].GetProperty("replay").GetString()!;
        Assert.Equal(first, Tool.Run("replay", token, driver, "--json").Output);
    }

    [Fact]
    public void A_token_of_another_driver_is_refused()
    {
        var json = JsonDocument.Parse(Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop", "--json", "-").Output);
        var token = json.RootElement.GetProperty("scenarios")[0].GetProperty("replay").GetString()!;
        var tool = Tool.Run("replay", token, Tool.Driver("r01-repaired.sys"));
        Assert.Equal(66, tool.ExitCode);
        Assert.Single(tool.ErrorLines);
    }

    [Fact]
    public void What_is_no_driver_is_one_line_and_66()
    {
        var garbage = Path.Combine(_folder, "garbage.sys");
        File.WriteAllText(garbage, "not an image");
        var empty = Path.Combine(_folder, "empty.sys");
        File.WriteAllText(empty, "");
        foreach (var path in new[] { garbage, empty, _folder, Path.Combine(_folder, "absent.sys") })
        {
            var tool = Tool.Run("check", path);
            Assert.Equal(66, tool.ExitCode);
            Assert.Equal("", tool.Output);
            Assert.Single(tool.ErrorLines);
            Assert.StartsWith("lastref: ", tool.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_bad_file_does_not_keep_the_others_from_being_checked()
    {
        var tool = Tool.Run("check", Path.Combine(_folder, "absent.sys"), Tool.Driver("r01-defect.sys"), "--scenario", "start-stop");
        Assert.Equal(66, tool.ExitCode);
        Assert.Contains("R-01", tool.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("check", "x.sys", "--no-such-option")]
    [InlineData("check", "x.sys", "--build", "1")]
    [InlineData("check", "x.sys", "--max-instructions", "0")]
    [InlineData("check", "x.sys", "--max-instructions", "many")]
    [InlineData("check", "x.sys", "--scenario", "nonsense")]
    [InlineData("trace", "x.sys")]
    [InlineData("trace", "x.sys", "--scenario", "nonsense")]
    [InlineData("explain", "nonsense")]
    [InlineData("check", "x.sys", "--json")]
    [InlineData("exports", "--coverage")]
    [InlineData("replay")]
    [InlineData("nonsense")]
    [InlineData("--nonsense")]
    public void Wrong_usage_is_64_and_one_line(params string[] arguments)
    {
        var tool = Tool.Run(arguments);
        Assert.Equal(64, tool.ExitCode);
        Assert.StartsWith("lastref: ", Assert.Single(tool.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_symbols_that_is_none_is_refused_before_anything_runs()
    {
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--symbols", Path.Combine(_folder, "absent"));
        Assert.Equal((66, ""), (tool.ExitCode, tool.Output));
        Assert.EndsWith("no such folder", Assert.Single(tool.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_that_is_no_replay_token_is_wrong_usage()
    {
        var tool = Tool.Run("replay", "lr1.nonsense", Tool.Driver("r01-defect.sys"));
        Assert.Equal(64, tool.ExitCode);
        Assert.Contains("no replay token", Assert.Single(tool.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_scenario_is_refused_with_those_there_are()
    {
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "nonsense");
        Assert.Equal(64, tool.ExitCode);
        Assert.Contains("start-stop", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_a_reason_is_printed()
    {
        var tool = Tool.Run("explain", "R-03");
        Assert.Equal(0, tool.ExitCode);
        Assert.StartsWith("R-03 ", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fact_that_a_page_cites_is_printed_with_its_source()
    {
        var tool = Tool.Run("explain", "u-3.51");
        Assert.Equal(0, tool.ExitCode);
        Assert.StartsWith("U-3.51 ", tool.Output, StringComparison.Ordinal);
        Assert.Contains("\nrests on: ", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_imports_of_an_image_are_counted()
    {
        var tool = Tool.Run("exports", "--coverage", Tool.Driver("r01-defect.sys"));
        Assert.Equal(0, tool.ExitCode);
        Assert.Contains(" ntoskrnl.exe!IoCreateDevice", tool.Output, StringComparison.Ordinal);
        Assert.Contains(" imports: ", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_tells_each_event_and_ends_with_the_verdict()
    {
        var tool = Tool.Run("trace", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop");
        Assert.Contains("IoCreateDevice(", tool.Output, StringComparison.Ordinal);
        Assert.EndsWith("verdict: NotAttempted\n", tool.Output, StringComparison.Ordinal);
    }
}

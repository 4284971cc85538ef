using System.Text.Json;

namespace LastRef.Tests;

/// <summary><c>lastref dump</c> as a script sees it, on dumps that the lab has just written.</summary>
public sealed class DumpCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lastref-dump-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("7601")]
    [InlineData("22000")]
    public void A_driver_that_did_not_leave_is_explained_from_its_dump(string build)
    {
        var dump = Save("r13-defect.sys", "start-stop", build);
        var tool = Tool.Run("dump", dump, "r13-defect");
        Assert.Equal(1, tool.ExitCode);
        Assert.Contains("r13-defect.sys: STAYS IN MEMORY after DriverUnload.", tool.Output, StringComparison.Ordinal);
        Assert.Contains("R-13", tool.Output, StringComparison.Ordinal);
        Assert.Contains("likely", tool.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("replay", tool.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exercised", tool.Output, StringComparison.Ordinal);
        Assert.Contains($"build {build}", tool.Output, StringComparison.Ordinal);

        var stuck = Tool.Run("dump", dump);
        Assert.Equal(1, Tool.Run("dump", dump, "r13-defect.sys", "--verbose").ExitCode);
        Assert.DoesNotContain(stuck.Output, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void Drivers_that_look_stuck_are_a_table_with_the_reason()
    {
        var dump = Save("r17-defect.sys", "start-stop");
        var tool = Tool.Run("dump", dump);
        Assert.Equal(1, tool.ExitCode);
        Assert.Matches(@"\\Driver\\r17-defect +r17-defect\.sys +unload pending on ", tool.Output);
        Assert.Contains(@"unload pending on \Device\LastRefR17, a device of \Driver\r17-defect is attached above", tool.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_left_is_unloaded_one_at_work_is_loaded_and_an_unknown_one_is_wrong_usage()
    {
        var dump = Save("model-legacy.sys", "start-stop");
        var gone = Tool.Run("dump", dump, "model-legacy");
        Assert.Equal(0, gone.ExitCode);
        Assert.Contains("model-legacy.sys: UNLOADS.", gone.Output, StringComparison.Ordinal);
        var loaded = Tool.Run("dump", dump, "LastRefBus");
        Assert.NotEqual(64, loaded.ExitCode);
        var unknown = Tool.Run("dump", dump, "no-such-driver");
        Assert.Equal(64, unknown.ExitCode);
        Assert.Contains("there is no driver 'no-such-driver'", Assert.Single(unknown.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, Tool.Run("dump", dump).ExitCode);
    }

    [Fact]
    public void A_name_that_a_dump_cut_short_does_not_have_is_not_called_unknown()
    {
        var dump = Save("r13-defect.sys", "start-stop");
        using (var file = new FileStream(dump, FileMode.Open, FileAccess.Write))
            file.SetLength(file.Length / 2);
        var tool = Tool.Run("dump", dump, "r13-defect");
        Assert.Equal(2, tool.ExitCode);
        Assert.Contains("could not be read to its end", tool.Output, StringComparison.Ordinal);
        Assert.Contains(tool.ErrorLines, line => line.Contains("cut short", StringComparison.Ordinal));
    }

    [Fact]
    public void The_report_comes_in_the_formats_of_a_check()
    {
        var dump = Save("r13-defect.sys", "start-stop");
        var (sarif, html) = (Path.Combine(_folder, "r.sarif"), Path.Combine(_folder, "r.html"));
        var tool = Tool.Run("dump", dump, "r13-defect", "--json", "-", "--sarif", sarif, "--html", html);
        Assert.Equal(1, tool.ExitCode);
        using var json = JsonDocument.Parse(tool.Output);
        Assert.Equal("Resident", json.RootElement.GetProperty("verdict").GetString());
        using var log = JsonDocument.Parse(File.ReadAllText(sarif));
        Assert.Equal("R-13", log.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("ruleId").GetString());
        Assert.Contains("r13-defect.sys", File.ReadAllText(html), StringComparison.Ordinal);
    }

    [Fact]
    public void A_crash_is_named_with_its_parameters_and_a_driver_that_caused_it_does_not_unload()
    {
        var dump = Save("r05-defect.sys", "replug");
        var tool = Tool.Run("dump", dump, "r05-defect", "--json", Path.Combine(_folder, "r05.json"));
        Assert.Equal(1, tool.ExitCode);
        Assert.Contains("r05-defect.sys: CRASHES the machine.", tool.Output, StringComparison.Ordinal);
        Assert.Contains("R-05", tool.Output, StringComparison.Ordinal);
        Assert.Matches(@"bug check 0x50\s+PAGE_FAULT_IN_NONPAGED_AREA", tool.Output);
        Assert.DoesNotContain("UNLOADS", tool.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "r05.json")));
        var crash = json.RootElement.GetProperty("dump").GetProperty("bugCheck");
        Assert.Equal("0x50", crash.GetProperty("code").GetString());
        Assert.Equal(4, crash.GetProperty("parameters").GetArrayLength());
        Assert.True(crash.GetProperty("isOfDriver").GetBoolean());
        Assert.Equal(1, Tool.Run("dump", dump).ExitCode);
    }

    [Theory]
    [InlineData("drivers", @"\\Driver\\model-legacy +model-legacy\.sys")]
    [InlineData("devices", @"\\Driver\\model-legacy +\\Device\\\S+ +1 ")]
    [InlineData("devnodes", @"HTREE\\ROOT\\0")]
    [InlineData("handles", @"PROCESS +PID +HANDLE")]
    [InlineData("irps", @"IRP +THREAD")]
    [InlineData("callbacks", @"KIND +ENTRY")]
    public void Tables_are_printed_as_they_are_in_the_dump(string table, string pattern)
    {
        var tool = Tool.Run("dump", Save("model-legacy.sys", "start-stop", with: "r11-defect.sys"), "--list", table);
        Assert.Equal(0, tool.ExitCode);
        Assert.Matches(pattern, tool.Output);
    }

    [Theory]
    [InlineData("--list", "nonsense")]
    [InlineData("--cr3", "xyz")]
    [InlineData("driver", "--list", "drivers")]
    public void Wrong_usage_is_64(params string[] arguments) => Assert.Equal(64, Tool.Run(["dump", "x.dmp", .. arguments]).ExitCode);

    [Fact]
    public void What_is_no_dump_is_one_line_and_66()
    {
        var path = Path.Combine(_folder, "no.dmp");
        File.WriteAllText(path, "not a dump at all");
        foreach (var file in new[] { path, Path.Combine(_folder, "absent.dmp"), _folder })
        {
            var tool = Tool.Run("dump", file, "driver");
            Assert.Equal(66, tool.ExitCode);
            Assert.Single(tool.ErrorLines);
        }
    }

    private string Save(string driver, string scenario, string build = "19041", string? with = null)
    {
        var path = Path.Combine(_folder, $"{driver}.{build}.dmp");
        string[] neighbour = with is null ? [] : ["--with", Tool.Driver(with)];
        var tool = Tool.Run(["check", Tool.Driver(driver), "--scenario", scenario, "--build", build, "--dump", path, .. neighbour]);
        Assert.True(File.Exists(path), tool.Error);
        return path;
    }
}

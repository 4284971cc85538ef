using LastRef.Dumps;

namespace LastRef.Tests;

/// <summary><c>check --dump</c>: a genuine dump of the scenario that decides, or one clear line.</summary>
public sealed class DumpOutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lastref-dump-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_dump_shows_the_scenario_with_the_worst_verdict_and_nothing_is_left_beside_it()
    {
        var path = Path.Combine(_folder, "lab.dmp");
        var tool = Tool.Run("check", Tool.Driver("r05-defect.sys"), "--build", "17763", "--dump", path);
        Assert.Equal(1, tool.ExitCode);
        Assert.Contains("Dump of the machine at the end of scenario", tool.Output, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(_folder));
        using var dump = DumpFile.Open(path);
        Assert.Equal((17763, SymbolQuality.Exact), (dump.Header!.Build, dump.Symbols.Quality));
        Assert.Empty(dump.Notes);
    }

    [Fact]
    public void A_dump_that_cannot_be_written_is_one_clear_line_and_the_other_outputs_are_written()
    {
        var json = Path.Combine(_folder, "report.json");
        var path = Path.Combine(_folder, "missing", "lab.dmp");
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop", "--dump", path, "--json", json);
        Assert.Equal(66, tool.ExitCode);
        Assert.StartsWith($"lastref: {path}: the dump cannot be written", tool.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains("R-01", tool.Output, StringComparison.Ordinal);
        Assert.Equal([json], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_folder_in_the_place_of_the_dump_is_left_alone()
    {
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), "--scenario", "start-stop", "--dump", _folder);
        Assert.Equal(66, tool.ExitCode);
        Assert.Contains("cannot be written", tool.ErrorLines[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(_folder + ".lastref-new"));
    }

    [Fact]
    public void Several_drivers_have_no_place_in_one_dump()
    {
        var tool = Tool.Run("check", Tool.Driver("r01-defect.sys"), Tool.Driver("r01-repaired.sys"), "--dump", Path.Combine(_folder, "lab.dmp"));
        Assert.Equal(64, tool.ExitCode);
        Assert.Empty(Directory.GetFiles(_folder));
    }
}

namespace LastRef.Tests;

public sealed class ProfileCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lastref-cli-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_new_profile_checks_out_and_is_not_overwritten()
    {
        var path = Path.Combine(_folder, "device.json");
        Assert.Equal(0, Tool.Run("profile", "new", path).ExitCode);
        var check = Tool.Run("profile", "check", path);
        Assert.Equal((0, $"{path}: nothing is wrong\n"), (check.ExitCode, check.Output.ReplaceLineEndings("\n")));
        Assert.Equal(File.ReadAllText(path), Tool.Run("profile", "new").Output);
        File.WriteAllText(path, "{}");
        Assert.Equal(66, Tool.Run("profile", "new", path).ExitCode);
        Assert.Equal("{}", File.ReadAllText(path));
    }

    [Fact]
    public void Every_problem_has_its_file_line_and_column()
    {
        var path = Path.Combine(_folder, "bad.json");
        File.WriteAllText(path, "{\n  \"colour\": 1,\n  \"raw\": 2\n}\n");
        var check = Tool.Run("profile", "check", path);
        Assert.Equal(66, check.ExitCode);
        Assert.Equal(
            [$"{path}:2:3: the profile has an unknown property 'colour'", $"{path}:3:10: 'raw' must be true or false"],
            check.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var run = Tool.Run("check", Tool.Driver("model-pnp.sys"), "--profile", path);
        Assert.Equal(66, run.ExitCode);
        Assert.Contains($"{path}:2:3: the profile has an unknown property 'colour' (and 1 more", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_that_is_not_there_is_unreadable() =>
        Assert.Equal(66, Tool.Run("profile", "check", Path.Combine(_folder, "absent.json")).ExitCode);

    [Fact]
    public void A_stack_of_several_drivers_is_checked_on_its_profile()
    {
        var path = Path.Combine(_folder, "stack.json");
        File.WriteAllText(path, """{ "parent": "model-bus", "hardwareIds": [ "LASTREF\\ModelChild" ], "filters": { "lower": [ "model-filter" ] } }""");
        var run = Tool.Run(
            "check", Tool.Driver("model-pnp.sys"), "--with", Tool.Driver("model-bus.sys"), "--with", Tool.Driver("model-filter.sys"), "--profile", path,
            "--scenario", "add-start-remove");
        Assert.Equal((0, true), (run.ExitCode, run.Output.StartsWith("model-pnp.sys: UNLOADS.", StringComparison.Ordinal)));
    }
}

namespace LastRef.Tests;

/// <summary>What a demonstration prints, word by word; <c>UPDATE_GOLDENS=1</c> rewrites it.</summary>
public sealed class DemoTests
{
    [Theory]
    [InlineData("legacy")]
    [InlineData("pnp")]
    [InlineData("hybrid")]
    [InlineData("sideband")]
    public void A_demonstration_tells_its_story(string kind)
    {
        var demo = Tool.Run("demo", kind);
        Assert.Equal((0, ""), (demo.ExitCode, demo.Error));
        var root = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Tool.Driver("x")))!)!;
        var golden = Path.Combine(root, "tests", "LastRef.Cli.Tests", "Golden", $"demo-{kind}.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(golden)!);
            File.WriteAllText(golden, demo.Output);
        }

        Assert.True(File.Exists(golden), $"{golden} is missing: UPDATE_GOLDENS=1 writes it");
        Assert.Equal(File.ReadAllText(golden), demo.Output);
        Assert.True(File.Exists(Path.Combine(root, "docs", "types", $"{kind}.md")), $"docs/types/{kind}.md, which the demonstration names, is missing");
    }

    [Fact]
    public void A_demonstration_that_there_is_none_of_is_wrong_usage()
    {
        var demo = Tool.Run("demo", "framework");
        Assert.Equal(64, demo.ExitCode);
        Assert.Contains("legacy", demo.Error, StringComparison.Ordinal);
    }
}

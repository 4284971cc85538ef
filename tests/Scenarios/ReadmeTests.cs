using LastRef.Reports;
using LastRef.Symbols;
using Spectre.Console;

namespace LastRef.Tests;

/// <summary>What the README prints below its first command is what the tool prints; <c>UPDATE_GOLDENS=1 ./test Scenarios</c> rewrites it.</summary>
public sealed class ReadmeTests
{
    private const string Driver = "model-hybrid-stays.sys";
    private const string Fence = "\n```\n";

    /// <summary>Folded for a page, where a pipe would get long lines.</summary>
    private const int Width = 100;

    [Fact]
    public void The_README_shows_the_real_output_of_its_first_command()
    {
        if (Anonymous.IsOn)
            return; // the README names the driver by its own name
        var path = Path.Combine(Repository.Root, "README.md");
        var readme = File.ReadAllText(path).ReplaceLineEndings("\n");
        Assert.Contains(Fence + "./lastref check drivers/bin/" + Driver + Fence, readme, StringComparison.Ordinal);
        var start = readme.IndexOf(Fence + Driver + ": ", StringComparison.Ordinal) + Fence.Length;
        var end = readme.IndexOf(Fence, start, StringComparison.Ordinal);
        Assert.True(start >= Fence.Length && end > start, "the README shows no output");
        var expected = readme[..start] + Output() + readme[end..];
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
            File.WriteAllText(path, expected);
        else
            Assert.Equal(expected, readme);
    }

    private static string Output()
    {
        var images = new Dictionary<string, ImageSymbols>
        {
            [Driver] = ImageSymbols.Load(PeImage.Parse(Checks.Input(Driver).Content, Driver), Repository.Driver(Driver), []),
        };
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Width;
        new ConsoleReport(console).Write(new ReportBuilder(new ImageSiteResolver(images)).Build(Checks.Run(Driver)), verbose: false);
        return writer.ToString().ReplaceLineEndings("\n").TrimEnd('\n');
    }
}

using LastRef.Reports;

namespace LastRef.Tests;

/// <summary>The WinDbg commands for a finding.</summary>
public class DebugGuideTests
{
    [Fact]
    public void The_guide_to_a_sample_is_as_it_was_reviewed() =>
        Golden.Match("stuck.guide.txt", DebugGuide.Write(new ReportBuilder(new NoSymbols()).Build(Samples.StuckHybrid()))!);

    [Fact]
    public void There_is_nothing_to_confirm_where_no_finding_counts() =>
        Assert.Null(DebugGuide.Write(new ReportBuilder(new NoSymbols()).Build(Samples.Clean())));

    [Theory]
    [InlineData("returned", "pinned", "must be set")]
    [InlineData("deferred", "loaded", "accepted and put off")]
    [InlineData("refused", "loaded", "left nothing behind")]
    [InlineData("none", "loaded", "nobody has asked")]
    [Trait("Spec", "U-8.1")]
    public void The_phase_comes_first(string attempt, string image, string look)
    {
        var steps = Steps(attempt, image, []);
        Assert.Equal(["G-01", "G-02"], steps.Take(2).Select(step => step.Source));
        Assert.Equal("lm m my_driver*", steps[0].Command);
        Assert.Equal(@"!drvobj \Driver\my-driver 7", steps[1].Command);
        Assert.Contains(look, steps[1].Look, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_is_gone_is_looked_for_among_the_unloaded()
    {
        var steps = Steps("returned", "gone", []);
        Assert.Contains("Unloaded modules", steps[0].Look, StringComparison.Ordinal);
        Assert.DoesNotContain(steps, step => step.Source == "G-02"); // there is no driver object to ask about
    }

    [Theory]
    [InlineData("fileObject", "!handle 0 3 0 File")]
    [InlineData("irp", "!irpfind 0 0 device <address of the device object>")]
    [InlineData("attachedDevice", "!devstack <address of the device object>")]
    [InlineData("thread", "!stacks 2 my_driver!")]
    [InlineData("unexplained", "!object <address of the driver object of my_driver>")]
    [InlineData("device", @"!devobj \Device\Name")]
    public void Each_kind_of_holder_has_its_command_once(string kind, string command)
    {
        var holder = new ReportHolder(kind, @"\Device\Name", "0x1", null, null, []);
        var steps = Steps("returned", "pinned", [holder with { HeldBy = [holder] }]);
        Assert.Single(steps, step => step.Command == command);
    }

    [Fact]
    public void Every_reason_of_the_catalogue_says_how_it_is_confirmed() =>
        Assert.All(
            Pages.Ids.Where(id => id.StartsWith("R-", StringComparison.Ordinal)),
            id => Assert.True(Pages.SectionOf(id, "How to confirm it in WinDbg") is { Length: > 20 }, $"{id} has no such section"));

    [Theory]
    [InlineData("R-20", "!handle 0 f 4 File")]
    [InlineData("R-34", "!obtrace <object>")]
    [InlineData("R-37", "!dh -i")]
    [InlineData("R-43", "!drvobj <each driver> 3")]
    [InlineData("R-44", "!irpfind")]
    [InlineData("R-50", "!drvobj my_driver 1")]
    public void A_reason_adds_the_command_that_decides_it(string reason, string command)
    {
        var sample = new ReportBuilder(new NoSymbols()).Build(Samples.StuckHybrid());
        var report = sample with { Driver = sample.Driver with { File = "my-driver.sys" } };
        var steps = DebugGuide.Of(report, report.Scenarios[0], report.Scenarios[0].Findings[0] with { Reason = reason });
        Assert.Contains(steps, step => step.Command.Contains(command, StringComparison.Ordinal));
    }

    private static IReadOnlyList<GuideStep> Steps(string attempt, string image, IReadOnlyList<ReportHolder> holders)
    {
        var sample = new ReportBuilder(new NoSymbols()).Build(Samples.StuckHybrid());
        var report = sample with { Driver = sample.Driver with { File = "my-driver.sys" } };
        var scenario = report.Scenarios[0] with { Attempt = new ReportAttempt(attempt, "scm", null), Image = new ReportImage(image) };
        return DebugGuide.Of(report, scenario, scenario.Findings[0] with { Holders = holders });
    }
}

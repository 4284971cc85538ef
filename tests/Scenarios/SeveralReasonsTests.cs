namespace LastRef.Tests;

/// <summary>Several mistakes at once, and clients that do it wrong beside ones that do it right.</summary>
public sealed class SeveralReasonsTests
{
    [Fact]
    public void A_second_start_that_fails_leaves_no_doubt_about_the_first()
    {
        var result = Checks.Run("r46-defect.sys", scenario: "start-stop-start");
        Assert.Equal(Verdict.Unloaded, result.Verdict);
        Assert.NotEmpty(Counting(result));
        Assert.All(Counting(result), finding => Assert.Equal(Reason.ResourceLeft, finding.Reason));
    }

    [Fact]
    public void Several_reasons_are_ranked_and_each_says_that_the_others_would_remain()
    {
        var findings = Counting(Checks.Run("several-defect.sys", scenario: "start-stop"));
        Assert.Equal([Reason.PnpNotificationNotUnregistered, Reason.RegistrationOnDeviceNotDeleted, Reason.ReferenceLeakOfOwn], findings.Select(f => f.Reason));
        foreach (var finding in findings)
            Assert.Equal(findings.Where(other => other != finding).Select(other => (other.Reason, true)), finding.Others.Select(other => (other.Reason, other.Remains)));
    }

    [Fact]
    public void Before_DriverUnload_has_run_a_finding_says_that_more_may_come()
    {
        var finding = Assert.Single(Counting(Checks.Run("several-open-defect.sys", scenario: "start-stop")));
        Assert.Equal(Reason.OpenedItself, finding.Reason);
        Assert.Empty(finding.Others);
        Assert.Contains(finding.Unobserved, line => line.Contains("DriverUnload gives back or forgets", StringComparison.Ordinal));
    }

    [Fact]
    public void What_blocks_the_attempt_comes_before_what_will_hold_the_image()
    {
        // Both neighbours have left by then, so that nobody can give back what they took.
        var result = Checks.Run(Checks.Input("model-legacy.sys"), [Checks.Input("r34-defect.sys"), Checks.Input("r11-defect.sys")], "start-stop");
        Assert.Equal(Verdict.Deferred, result.Verdict);
        var findings = Counting(result);
        Assert.Equal([Reason.FileObjectKeptByDriver, Reason.DriverObjectKept], findings.Select(f => f.Reason));
        Assert.Equal([Phase.A2, Phase.B], findings.Select(f => f.Phase));
        Assert.True(Assert.Single(findings[0].Others).Remains);
        Assert.Contains("will stay all the same", findings[1].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_control_device_and_a_device_that_its_removal_left_are_two_mistakes()
    {
        var result = Checks.Run("several-pnp-defect.sys", scenario: "add-start-remove");
        Assert.Equal([Reason.ControlDeviceNotDeleted, Reason.StackDeviceNotDeleted], Counting(result).Select(f => f.Reason).Distinct().Order());
    }

    [Theory]
    [InlineData("model-pnp.sys", Reason.StopSentToPnpDriver, "service-stop", "add-start-remove")]
    [InlineData("model-legacy.sys", Reason.OpenHandle, "open-handle-at-stop", "read-pending-at-close")]
    [InlineData("model-pnp.sys", Reason.OpenHandleVetoesRemoval, "open-handle-at-removal", "request-pending-at-removal")]
    [InlineData("model-pnp.sys", Reason.OpenHandleAfterSurpriseRemoval, "open-handle-at-surprise-removal", "surprise-removal")]
    [InlineData("model-hybrid-safe.sys", Reason.DeletePendingControlDevice, "control-handle", "add-start-remove")]
    public void A_client_that_does_it_wrong_is_noted_and_one_that_does_it_right_is_not(string driver, Reason reason, string wrong, string right)
    {
        var noted = Checks.Run(driver, scenario: wrong).Scenarios[0].Verdict.Findings.Where(f => f.Reason == reason).ToList();
        Assert.NotEmpty(noted);
        Assert.All(noted, note => Assert.Equal((Party.Client, false), (note.Blame.Party, note.Counts)));
        Assert.DoesNotContain(Checks.Run(driver, scenario: right).Scenarios[0].Verdict.Findings, f => f.Reason == reason);
    }

    private static List<Finding> Counting(CheckResult result) => [.. result.Scenarios.SelectMany(s => s.Verdict.Findings).Where(f => f.Counts)];
}

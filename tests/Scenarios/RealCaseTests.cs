using System.Globalization;
using System.Text;
using LastRef.Lab;

namespace LastRef.Tests;

/// <summary>Cases from the field are found as their sources say; docs/real-cases.md lists all of them.</summary>
public sealed class RealCaseTests
{
    private const string Page = "docs/real-cases.md";

    public static TheoryData<RealCase> Expressed() => [.. RealCase.Read().Where(c => c.IsExpressed)];

    public static TheoryData<RealCase> NotConfirmed() => [.. RealCase.Read().Where(c => c is { IsExpressed: true, Cause: not "confirmed", Verdict: not "Unloaded" })];

    [Theory]
    [MemberData(nameof(Expressed))]
    public void A_real_case_is_found_as_its_source_says(RealCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        var result = Run(@case);
        Assert.Equal(@case.Verdict, result.Verdict.ToString());
        Assert.Contains(result.Scenarios.SelectMany(s => s.Verdict.Findings), f => Reasons.Of(f.Reason).Id == @case.Reason);
        Assert.All(result.Scenarios.SelectMany(s => s.Verdict.Findings).Where(f => f.Counts), f => Assert.Equal(@case.Reason, Reasons.Of(f.Reason).Id));
    }

    /// <summary>On the machine of the report there was no history: then the holder is not known, and what would settle it is said.</summary>
    [Theory]
    [MemberData(nameof(NotConfirmed))]
    public void Without_its_history_a_case_whose_cause_nobody_confirmed_is_not_proven(RealCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        var known = Run(@case).Scenarios[0];
        var context = new ScenarioContext { Name = @case.Scenario, DriverImage = Anonymous.IsOn ? known.Capture.ImageName : @case.File, DriverObject = known.Capture.DriverAddress, IsPnp = true };
        var verdict = Diagnostician.Judge(new DiagnosisInput(known.Capture, null, context));
        Assert.Equal(@case.Verdict, verdict.Verdict.ToString());
        var finding = Assert.Single(verdict.Findings, f => f.Counts);
        Assert.NotEqual(Certainty.Proven, finding.Certainty);
        Assert.Equal("", finding.Blame.Image);
        Assert.Contains(finding.Unobserved, line => line.Contains("would settle it", StringComparison.Ordinal));
    }

    public static TheoryData<RealCase> OverInTheEnd() => [.. RealCase.Read().Where(c => c.UntilThen != "-")];

    /// <summary>The report of the field was of the time before anybody let go.</summary>
    [Theory]
    [MemberData(nameof(OverInTheEnd))]
    public void Until_its_client_lets_go_a_case_looks_as_on_Windows(RealCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        var scenario = Assert.Single(Run(@case).Scenarios);
        Assert.Contains(scenario.Verdict.Findings, f => Reasons.Of(f.Reason).Id == @case.Reason && (f.IsOver || !f.Counts));
        var trace = scenario.Trace;
        var unload = trace.Of<UnloadRecord>().FirstOrDefault(r => r.Step is UnloadStep.Deferred or UnloadStep.Invoked);
        if (@case.UntilThen == nameof(Verdict.Deferred))
        {
            Assert.Equal(UnloadStep.Deferred, unload?.Step);
            return;
        }

        // Nobody asked the driver to leave: the removal was vetoed, or other devices still need it.
        Assert.Equal(nameof(Verdict.NotAttempted), @case.UntilThen);
        var end = trace.Of<VetoRecord>().Cast<TraceRecord>().Concat(trace.Of<StimulusRecord>().Where(s => s.Kind == StimulusKind.Conclude)).Min(r => r.Sequence);
        Assert.True(unload is null || unload.Sequence > end, $"{unload?.Step} before the end");
    }

    /// <summary>RC-12: the four steps of the report, with what the service manager says after each.</summary>
    [Fact]
    [Trait("Spec", "U-3.35")]
    public void After_a_deferred_stop_the_start_fails_until_a_second_stop_has_failed()
    {
        var scenario = Assert.Single(Run(RealCase.Read().Single(c => c.Id == "RC-12")).Scenarios);
        var answers = scenario.Trace.Of<StimulusRecord>().Where(s => s.Kind is StimulusKind.LoadDriver or StimulusKind.StopService).Select(s => s.Seen ?? "").ToList();
        Assert.Equal(
            ["sc start succeeds; the service is RUNNING", "sc stop succeeds; the service stays STOP_PENDING", "sc start fails with error 1058", "sc stop fails with error 1062", "sc start succeeds; the service is RUNNING"],
            answers.Take(5).Select(a => a.Split(':')[0]));
    }

    /// <summary>RC-36: the veto names the child, not the device that was asked for; that an open port is behind it shows when it is closed.</summary>
    [Fact]
    public void A_restart_is_vetoed_by_the_child_and_goes_through_when_its_port_is_closed()
    {
        var scenario = Assert.Single(Run(RealCase.Read().Single(c => c.Id == "RC-36")).Scenarios);
        var veto = scenario.Trace.Of<VetoRecord>().First();
        Assert.Equal(6, veto.VetoType);
        Assert.Contains(@"LASTREF\ModelChild", veto.Name, StringComparison.Ordinal);
        Assert.Equal(@"\Driver\rc36-defect", veto.Owner);
        Assert.Contains(scenario.Trace.Of<SeenRecord>(), s => s.Name == "CR_REMOVE_VETOED" && s.Text.StartsWith("PNP_VetoDevice", StringComparison.Ordinal));
        Assert.Contains(scenario.Verdict.Findings, f => f is { Reason: Reason.QueryRemoveFailed, IsOver: true, Blame.Party: Party.Neighbour });
        var repaired = Assert.Single(Checks.Run("model-bus.sys", ["rc36-repaired.sys"], "child-handle-at-removal", Profile("rc36.json", "rc36-repaired")).Scenarios);
        Assert.Equal(5, repaired.Trace.Of<VetoRecord>().First().VetoType);
        Assert.DoesNotContain(repaired.Verdict.Findings, f => f.Reason == Reason.QueryRemoveFailed);
    }

    /// <summary>RC-31 and RC-02: the twins, on the same profiles.</summary>
    [Theory]
    [InlineData("model-bus.sys", "rc31-repaired.sys", "rc31.json", "child-open-at-replug")]
    [InlineData("rc02-repaired.sys", null, "rc02.json", "open-handle-at-stop")]
    [Trait("Spec", "U-3.44")]
    public void The_repaired_twin_of_a_real_case_leaves(string file, string? with, string profile, string scenario)
    {
        var service = with is null ? null : Path.GetFileNameWithoutExtension(with);
        var result = Checks.Run(file, with is null ? [] : [with], scenario, Profile(profile, service));
        Assert.Equal(Verdict.Unloaded, result.Verdict);
        Assert.DoesNotContain(result.Scenarios.SelectMany(s => s.Verdict.Findings), f => f.Counts);
    }

    /// <summary>Pulled out with a child open: the handle on the child is R-27, not R-10, which is of a handle on the device itself.</summary>
    [Fact]
    [Trait("Spec", "U-5.74")]
    public void A_handle_on_a_child_of_a_device_that_was_pulled_out_is_told_apart_from_one_on_the_device()
    {
        var child = Checks.Run("model-sideband.sys", null, "child-handle-at-surprise-removal").Scenarios.SelectMany(s => s.Verdict.Findings).Select(f => f.Reason).ToList();
        Assert.Contains(LastRef.Reason.ChildKeepsParent, child);
        Assert.DoesNotContain(LastRef.Reason.OpenHandleAfterSurpriseRemoval, child);
        var own = Checks.Run("model-pnp.sys", null, "open-handle-at-surprise-removal").Scenarios.SelectMany(s => s.Verdict.Findings).Select(f => f.Reason).ToList();
        Assert.Contains(LastRef.Reason.OpenHandleAfterSurpriseRemoval, own);
        Assert.DoesNotContain(LastRef.Reason.ChildKeepsParent, own);
    }

    /// <summary>RC-31: the last replug shows the code of the report.</summary>
    [Fact]
    public void The_replug_after_the_close_shows_code_38()
    {
        var scenario = Assert.Single(Run(RealCase.Read().Single(c => c.Id == "RC-31")).Scenarios);
        Assert.Contains(scenario.Trace.Of<SeenRecord>(), s => s is { Where: SeenWhere.DeviceManager, Code: 38 });
    }

    [Fact]
    public void Every_case_is_expressed_or_says_what_is_missing()
    {
        var cases = RealCase.Read();
        Assert.Equal(20, cases.Select(c => c.Id).Distinct().Count());
        Assert.True(cases.Count(c => c.IsExpressed) >= 16);
        Assert.All(cases, c => Assert.NotEqual(c.IsExpressed, c.Missing != "-"));
        Assert.All(cases, c => Assert.Contains(c.Cause, new[] { "confirmed", "likely", "unknown" }));
    }

    [Fact]
    public void The_page_of_real_cases_is_fresh()
    {
        var path = Path.Combine(Repository.Root, Page);
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1")
            File.WriteAllText(path, Write());
        Assert.True(File.Exists(path), $"{Page} is missing: UPDATE_GENERATED=1 ./test Scenarios writes it");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), Write());
    }

    private static CheckResult Run(RealCase @case) => @case.Profile == "-"
        ? Checks.Run(@case.File, @case.With == "-" ? null : @case.With, @case.Scenario)
        : Checks.Run(@case.File, @case.With == "-" ? [] : [@case.With], @case.Scenario, Profile(@case.Profile));

    /// <param name="service">A twin's service in the place of the defect driver's; null for the profile as it is.</param>
    private static InputFile Profile(string name, string? service = null)
    {
        var path = Path.Combine(Repository.Root, "tests", "profiles", name);
        var text = File.ReadAllText(path);
        return new InputFile(path, Encoding.UTF8.GetBytes(service is null ? text : text.Replace(Path.GetFileNameWithoutExtension(name) + "-defect", service, StringComparison.Ordinal)));
    }

    private static string Write()
    {
        var cases = RealCase.Read();
        var text = new StringBuilder();
        text.Append("# Real cases\n\nDrivers of others that did not unload, or left too early, from public reports: each is a check here where the lab can tell its story.\n");
        text.Append("Written from tests/Scenarios/Data/real-cases.tsv (`UPDATE_GENERATED=1 ./test Scenarios`), and each row is tested. The cause is as the source has it:\n");
        text.Append("*confirmed* by who owns the code, *likely*, or *unknown*; where it is not confirmed, LastRef calls nothing proven without a history of its own,\nand the driver of the lab is one way to get the picture of the report, not its cause.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{cases.Count(c => c.IsExpressed)} of {cases.Count} are expressed.\n\n## Expressed\n\n");
        text.Append("The verdict is of the end, when the lab has let go of everything and asked again; before it stands what Windows shows until then.\n\n");
        text.Append("| case | what was seen | check | found | cause |\n|---|---|---|---|---|\n");
        foreach (var c in cases.Where(c => c.IsExpressed))
        {
            var with = c.With == "-" ? "" : $" --with drivers/bin/{c.With}";
            var profile = c.Profile == "-" ? "" : $" --profile tests/profiles/{c.Profile}";
            text.Append($"| [{c.Id}]({c.Source}) | {c.Seen} | `lastref check drivers/bin/{c.File}{with}{profile} --scenario {c.Scenario}` | {(c.UntilThen == "-" ? "" : c.UntilThen + ", then ")}{c.Verdict}, {ReasonLink(c)} | {c.Cause} |\n");
        }

        text.Append("\n## Not expressed yet\n\n| case | what was seen | what is missing | cause |\n|---|---|---|---|\n");
        foreach (var c in cases.Where(c => !c.IsExpressed))
            text.Append($"| [{c.Id}]({c.Source}) | {c.Seen} | {c.Missing} | {c.Cause} |\n");
        return text.ToString();
    }

    private static string ReasonLink(RealCase c) => c.Reason == "unlisted" ? "outside the catalogue" : $"[{c.Reason}](reasons/{c.Reason}.md)";
}

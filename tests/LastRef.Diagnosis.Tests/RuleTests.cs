using LastRef.Nt;

namespace LastRef.Tests;

public class RuleTests
{
    private static readonly NtStatus _refused = NtStatus.InvalidDeviceRequest;

    [Fact]
    public void Without_an_unload_routine_the_refusal_is_the_drivers_fault_R_01()
    {
        var finding = Single(new Story(hasUnload: false).With(Story.Listed()).Step(UnloadStep.Refused, status: _refused), Verdict.NotAttempted);
        Assert.Equal((Reason.NoUnloadRoutine, Certainty.Proven, Party.Driver, Phase.A1), (finding.Reason, finding.Certainty, finding.Blame.Party, finding.Phase));
    }

    [Fact]
    public void A_stop_of_a_PnP_driver_is_a_note_unless_the_profile_asks_for_it_R_02()
    {
        var story = new Story(isPnp: true).Step(UnloadStep.Refused, status: _refused).Step(UnloadStep.Invoked, Attempter.Pnp).Step(UnloadStep.Returned, Attempter.Pnp).ImageGone();
        Assert.False(Assert.Single(story.Judge().Findings).Counts);
        story.Context = story.Context with { StopMustWork = true };
        var finding = Assert.Single(story.Judge().Findings);
        Assert.True(finding.Counts);
        Assert.Equal((Reason.StopSentToPnpDriver, Party.Client), (finding.Reason, finding.Blame.Party));
    }

    [Fact]
    public void A_control_device_left_in_the_list_of_a_PnP_driver_is_named_with_the_call_that_made_it_R_03()
    {
        var finding = Single(new Story(isPnp: true).Made(Story.Device, 0x1234).With(Story.Listed()), Verdict.NotAttempted);
        Assert.Equal((Reason.ControlDeviceNotDeleted, Certainty.Proven), (finding.Reason, finding.Certainty));
        Assert.Equal(0x1234u, finding.Site!.Value.Rva.Value);
        Assert.Contains("IoDeleteDevice", finding.Missing, StringComparison.Ordinal);
        Assert.Equal(@"\Device\X0", Assert.Single(finding.Holders).Name);
    }

    [Fact]
    public void A_control_device_is_only_likely_where_there_is_no_history_R_03()
    {
        Assert.Empty(new Story(isPnp: true).With(Story.Listed()).Judge(withTrace: false).Findings);
        var verdict = new Story(isPnp: true).With(Story.Listed()).WithNode().Judge(withTrace: false);
        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((Reason.ControlDeviceNotDeleted, Certainty.Likely), (finding.Reason, finding.Certainty));
        Assert.NotEmpty(finding.Unobserved);
    }

    [Fact]
    public void A_stack_device_that_got_its_removal_and_stays_is_not_a_control_device_R_04()
    {
        var story = new Story(isPnp: true).Made(Story.Device)
            .Referenced(new VirtualAddress(0x9000), "Device", ReferenceCause.Attachment, Story.Site(Story.Image, 0x1110), ReferenceCounter.Attachment, Story.Device)
            .With(Story.Listed(name: null));
        story.Trace.Add(new IrpRecord(IrpStep.Sent, new VirtualAddress(0x5000), 0x1B, 2, Story.Device, Story.Driver, default, default));
        var finding = Single(story, Verdict.NotAttempted, Reason.StackDeviceNotDeleted);
        Assert.Equal(Certainty.Proven, finding.Certainty);
    }

    [Fact]
    public void An_application_that_keeps_its_handle_defers_the_stop_R_08()
    {
        var story = new Story().Made(Story.Device).With(Story.Listed(1, DeviceObjectExtensionFlags.UnloadPending)).WithOpen(handles: 1).Step(UnloadStep.Deferred);
        var finding = Single(story, Verdict.Deferred);
        Assert.Equal((Reason.OpenHandle, new Blame(Party.Client, "app.exe"), true), (finding.Reason, finding.Blame, finding.Counts));
        Assert.Contains("handle 0x44", Assert.Single(Assert.Single(finding.Holders).HeldBy).Name, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_client_of_the_lab_was_told_to_do_is_a_note_R_08()
    {
        var story = new Story().Made(Story.Device).With(Story.Listed(1, DeviceObjectExtensionFlags.UnloadPending)).WithOpen(handles: 1).Step(UnloadStep.Deferred);
        story.Context = story.Context with { Clients = [new ScenarioClient("app.exe", Party.Client, true, "keeps its handle")] };
        Assert.False(Assert.Single(story.Judge().Findings).Counts);
    }

    [Theory]
    [InlineData("other.sys", Reason.FileObjectKeptByDriver, Party.Neighbour)]
    [InlineData(Story.Image, Reason.OpenedItself, Party.Driver)]
    public void A_file_object_without_handle_is_whosever_driver_took_it_R_11_R_18(string module, Reason reason, Party party)
    {
        var story = new Story().Made(Story.Device).With(Story.Listed(1, DeviceObjectExtensionFlags.UnloadPending)).WithOpen(handles: 0)
            .Referenced(Story.File, "File", ReferenceCause.DeviceObjectPointer, Story.Site(module, 0x1500)).Step(UnloadStep.Deferred);
        var finding = Single(story, Verdict.Deferred);
        Assert.Equal((reason, party, 0x1500u), (finding.Reason, finding.Blame.Party, finding.Site!.Value.Rva.Value));
    }

    [Fact]
    public void A_request_that_outlives_its_handle_is_the_fault_of_who_has_it_R_19()
    {
        var story = new Story().Made(Story.Device).With(Story.Listed(1, DeviceObjectExtensionFlags.UnloadPending)).WithOpen(handles: 0).WithRequest().Step(UnloadStep.Deferred);
        var finding = Single(story, Verdict.Deferred);
        Assert.Equal((Reason.RequestsQueuedForEver, Party.Driver), (finding.Reason, finding.Blame.Party));
    }

    [Theory]
    [InlineData("other.sys", Reason.DeviceReferenceKept, Party.Neighbour)]
    [InlineData(Story.Image, Reason.ReferenceLeakOfOwn, Party.Driver)]
    public void A_device_reference_that_pins_the_image_is_whosever_driver_took_it_R_12_R_32(string module, Reason reason, Party party)
    {
        var story = new Story().Made(Story.Device).With(Story.Listed() with { IsListed = false })
            .Referenced(Story.Device, "Device", ReferenceCause.AttachedDeviceReference, Story.Site(module, 0x1600))
            .Step(UnloadStep.Invoked).Step(UnloadStep.Returned);
        var finding = Single(story, Verdict.Resident);
        Assert.Equal((reason, party, Certainty.Proven), (finding.Reason, finding.Blame.Party, finding.Certainty));
    }

    [Fact]
    public void An_error_log_entry_that_is_neither_written_nor_freed_pins_the_image_R_32()
    {
        var story = new Story().Referenced(Story.Driver, "Driver", ReferenceCause.ErrorLogEntry, Story.Site(Story.Image, 0x1650))
            .Step(UnloadStep.Invoked).Step(UnloadStep.Returned);
        var finding = Single(story, Verdict.Resident);
        Assert.Equal((Reason.ReferenceLeakOfOwn, Party.Driver, 0x1650u), (finding.Reason, finding.Blame.Party, finding.Site!.Value.Rva.Value));
        Assert.Contains("IoWriteErrorLogEntry", finding.Fix, StringComparison.Ordinal);
        Assert.Contains("error log entry", Assert.Single(finding.Holders).Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("filter.sys", Reason.FilterAboveDoesNotDetach, Party.Neighbour)]
    [InlineData(Story.Image, Reason.AttachedToItself, Party.Driver)]
    public void A_device_above_defers_the_stop_and_its_driver_is_blamed_R_16_R_17(string module, Reason reason, Party party)
    {
        var upper = new VirtualAddress(0xFFFF_E000_0000_6000);
        var owner = module == Story.Image ? Story.Driver : new VirtualAddress(0xFFFF_E000_0000_7000);
        var story = new Story().Made(Story.Device).With(Story.Listed(pending: DeviceObjectExtensionFlags.UnloadPending, above: upper))
            .With(new CapturedDevice(upper, owner, module, null, true, 0, 1, 0, 0, 0, default, Story.Device, default))
            .Referenced(Story.Device, "Device", ReferenceCause.Attachment, Story.Site(module, 0x1700), ReferenceCounter.Attachment, upper)
            .Step(UnloadStep.Deferred);
        var finding = Single(story, Verdict.Deferred);
        Assert.Equal((reason, party, 0x1700u), (finding.Reason, finding.Blame.Party, finding.Site!.Value.Rva.Value));
    }

    [Fact]
    public void An_image_that_its_driver_took_out_of_the_list_has_not_left_when_it_crashes()
    {
        var story = new Story().ImageUnlisted();
        story.Context = story.Context with { End = RunEnd.Crashed };
        story.Trace.Add(new BugCheckRecord(0x7E, 0xC0000005, Story.ImageBase.Value + 0x1267, 0, 0, "x.sys+0x1267 read what is not mapped"));
        var verdict = story.Judge();
        Assert.Equal((Verdict.Crashed, ImageState.Loaded), (verdict.Verdict, verdict.Image));
    }

    [Theory]
    [InlineData(RegistrationKind.Timer, Reason.TimerOrDpcActive)]
    [InlineData(RegistrationKind.SystemThread, Reason.ThreadOrWorkItemLeftBehind)]
    [InlineData(RegistrationKind.ProcessNotify, Reason.CallbackNotRemoved)]
    [InlineData(RegistrationKind.Interrupt, Reason.InterruptOrCompletionOutstanding)]
    public void What_still_points_into_an_image_that_is_gone_is_left_too_early_R_41_to_R_44(RegistrationKind kind, Reason reason)
    {
        var story = new Story();
        story.Trace.Add(new RegistrationRecord(kind, true, new VirtualAddress(0x7000), Story.ImageBase + 0x1000, default) { Stack = [Story.Site(Story.Image, 0x1800)] });
        var finding = Single(story.Step(UnloadStep.Invoked).Step(UnloadStep.Returned).ImageGone(), Verdict.LeftTooEarly);
        Assert.Equal((reason, 0x1800u), (finding.Reason, finding.Site!.Value.Rva.Value));
    }

    [Fact]
    public void A_timer_that_was_cancelled_is_no_finding()
    {
        var story = new Story();
        story.Trace.Add(new RegistrationRecord(RegistrationKind.Timer, true, new VirtualAddress(0x7000), Story.ImageBase + 0x1000, default));
        story.Trace.Add(new RegistrationRecord(RegistrationKind.Timer, false, new VirtualAddress(0x7000), Story.ImageBase + 0x1000, default));
        var verdict = story.Step(UnloadStep.Invoked).Step(UnloadStep.Returned).ImageGone().Judge();
        Assert.Equal(Verdict.Unloaded, verdict.Verdict);
        Assert.Empty(verdict.Findings);
    }

    [Fact]
    public void Pool_that_stays_does_not_keep_the_image_but_is_a_finding_R_46()
    {
        var story = new Story();
        story.Trace.Add(new PoolRecord(true, new VirtualAddress(0x8000), 64, 0x31676154, false) { Stack = [Story.Site(Story.Image, 0x1900)] });
        var finding = Single(story.Step(UnloadStep.Invoked).Step(UnloadStep.Returned).ImageGone(), Verdict.Unloaded);
        Assert.Equal((Reason.ResourceLeft, Phase.L), (finding.Reason, finding.Phase));
        Assert.Contains("'Tag1'", finding.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunEnd.Unsupported)]
    [InlineData(RunEnd.BudgetExhausted)]
    public void What_is_still_there_in_the_middle_of_a_run_is_no_finding(RunEnd end)
    {
        var story = new Story(isPnp: true).Made(Story.Device).With(Story.Listed());
        story.Context = story.Context with { End = end };
        var verdict = story.Judge();
        Assert.Equal(Verdict.Inconclusive, verdict.Verdict);
        Assert.Empty(verdict.Findings);
    }

    [Fact]
    public void A_driver_that_stays_for_no_known_reason_is_said_to_and_fails_the_check()
    {
        var finding = Single(new Story().Step(UnloadStep.Invoked).Step(UnloadStep.Returned), Verdict.Resident);
        Assert.Equal((Reason.Unlisted, Certainty.Unknown), (finding.Reason, finding.Certainty));
    }

    [Fact]
    public void What_was_not_exercised_is_not_called_clean()
    {
        var story = new Story(isPnp: true).Step(UnloadStep.Invoked, Attempter.Pnp).Step(UnloadStep.Returned, Attempter.Pnp).ImageGone();
        story.Context = story.Context with { NotExercised = new NotExercised(DriverCallKind.AddDevice, NtStatus.NoSuchDevice, "IoCreateDevice", null) };
        var verdict = story.Judge();
        Assert.Equal(Verdict.Inconclusive, verdict.Verdict);
        Assert.Contains("IoCreateDevice", Assert.Single(verdict.Inconclusive), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_with_an_inferred_fact_is_never_proven()
    {
        foreach (var info in Reasons.All.Where(info => info.IsInferred))
        {
            var situation = new Situation(new Story().Input());
            Assert.Equal(Certainty.Likely, situation.Find(info.Reason, situation.BlameDriver, "x", [], [], null).Certainty);
        }
    }

    private static Finding Single(Story story, Verdict verdict, Reason? reason = null)
    {
        var judged = story.Judge();
        Assert.Empty(judged.Inconclusive);
        Assert.Equal(verdict, judged.Verdict);
        return reason is { } wanted ? Assert.Single(judged.Findings, f => f.Reason == wanted) : Assert.Single(judged.Findings);
    }
}

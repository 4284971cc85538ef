using LastRef.Nt;

namespace LastRef.Tests;

public class MoreRuleTests
{
    private static readonly VirtualAddress _routine = Story.ImageBase + 0x1000;
    private static readonly CallSite _entry = Story.Site(Story.Image, 0x1000);

    [Fact]
    public void A_device_made_by_an_AddDevice_that_failed_is_likely_R_06()
    {
        var story = new Story(isPnp: true);
        story.Trace.Add(new DriverCallRecord(DriverCallKind.AddDevice, Story.Driver, _routine, _entry, null));
        story.Made(Story.Device);
        story.Trace.Add(new DriverCallRecord(DriverCallKind.AddDevice, Story.Driver, _routine, _entry, NtStatus.NoSuchDevice.Code));
        var finding = Assert.Single(story.With(Story.Listed(name: null)).Judge().Findings);
        Assert.Equal((Reason.DeviceLeftByFailedAddDevice, Certainty.Likely, true), (finding.Reason, finding.Certainty, finding.IsInferred));
    }

    [Fact]
    public void A_device_left_by_a_DriverEntry_that_failed_pins_the_image_R_07()
    {
        var story = new Story();
        story.Trace.Add(new DriverCallRecord(DriverCallKind.DriverEntry, Story.Driver, _routine, _entry, null));
        story.Made(Story.Device);
        story.Trace.Add(new DriverCallRecord(DriverCallKind.DriverEntry, Story.Driver, _routine, _entry, NtStatus.ObjectNameCollision.Code));
        var verdict = story.With(Story.Listed()).Judge();
        Assert.Equal((Verdict.Resident, ImageState.Pinned), (verdict.Verdict, verdict.Image));
        Assert.Equal(Reason.DeviceLeftByFailedDriverEntry, Assert.Single(verdict.Findings).Reason);
    }

    [Fact]
    public void A_PnP_notification_that_stands_pins_the_image_R_13()
    {
        var verdict = new Story().Referenced(Story.Driver, "Driver", ReferenceCause.PnpNotification, _entry, holder: new VirtualAddress(0x40))
            .Step(UnloadStep.Invoked).Step(UnloadStep.Returned).Judge();
        Assert.Equal((Verdict.Resident, Reason.PnpNotificationNotUnregistered), (verdict.Verdict, Assert.Single(verdict.Findings).Reason));
    }

    [Theory]
    [InlineData(ReferenceCause.WorkItem, HolderKind.WorkItem)]
    [InlineData(ReferenceCause.SystemThread, HolderKind.Thread)]
    public void A_work_item_or_thread_that_still_runs_pins_the_image_R_30(ReferenceCause cause, HolderKind holder)
    {
        var verdict = new Story().Made(Story.Device).With(Story.Listed() with { IsListed = false })
            .Referenced(Story.Device, "Device", cause, _entry, holder: new VirtualAddress(0x40))
            .Step(UnloadStep.Invoked).Step(UnloadStep.Returned).Judge();
        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((Reason.WorkItemOrThreadRunning, holder), (finding.Reason, Assert.Single(finding.Holders).Kind));
    }

    [Theory]
    [InlineData(DeviceFlags.ShutdownRegistered, Reason.RegistrationOnDeviceNotDeleted)]
    [InlineData(DeviceFlags.None, Reason.Unlisted)]
    public void A_device_that_DriverUnload_forgot_pins_the_image_R_31(DeviceFlags flags, Reason reason)
    {
        var verdict = new Story().Made(Story.Device).With(Story.Listed() with { Flags = flags }).Step(UnloadStep.Invoked).Step(UnloadStep.Returned).Judge();
        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((reason, "L-5", Phase.B), (finding.Reason, finding.Rule, finding.Phase));
        Assert.NotNull(finding.Site);
    }

    [Fact]
    public void A_dereference_without_partner_is_found_at_its_call_not_at_the_crash_R_33()
    {
        var story = new Story().Made(Story.Device);
        story.Trace.Add(new ReferenceRecord(Story.Device, "Device", ReferenceCounter.PointerCount, 2, 1, ReferenceCause.ExplicitReference, default) { Stack = [Story.Site(Story.Image, 0x1A00)] });
        story.Trace.Add(new BugCheckRecord(0x18, 0, Story.Device.Value, 3, 0, "the pointer count of an object fell to -1") { Stack = [Story.Site(Story.Image, 0x1B00)] });
        story.Context = story.Context with { End = RunEnd.Crashed };
        var verdict = story.Judge();
        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((Verdict.Crashed, Reason.OverDereference, 0x1A00u), (verdict.Verdict, finding.Reason, finding.Site!.Value.Rva.Value));
    }

    [Fact]
    public void What_a_driver_dereferences_in_its_own_data_is_not_called_an_object_R_33()
    {
        var story = new Story();
        var variable = Story.ImageBase + 0x3000;
        story.Trace.Add(new BugCheckRecord(0x18, 0, variable.Value, 3, 0, "the pointer count of an object fell to -1") { Stack = [Story.Site(Story.Image, 0x1B00)] });
        story.Context = story.Context with { End = RunEnd.Crashed };
        var finding = Assert.Single(story.Judge().Findings);
        Assert.Equal(Reason.OverDereference, finding.Reason);
        Assert.Contains($"no object but memory of the image {Story.Image}", finding.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("device", Assert.Single(finding.Holders).Name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_deletion_is_found_at_the_second_call_R_45()
    {
        var story = new Story().Made(Story.Device);
        foreach (var rva in new uint[] { 0x1C00, 0x1D00 })
            story.Trace.Add(new RoutineRecord("ntoskrnl.exe", "IoDeleteDevice", [new("deviceObject", Story.Device.Value)]) { Stack = [Story.Site(Story.Image, rva)] });
        story.Context = story.Context with { End = RunEnd.Crashed };
        var finding = Assert.Single(story.Judge().Findings);
        Assert.Equal((Reason.DeletedTwice, 0x1D00u), (finding.Reason, finding.Site!.Value.Rva.Value));
    }

    /// <summary>Of an image that leaves as of pool that is freed: bug check 0xC4, rule D2.</summary>
    [Fact]
    public void A_resource_in_memory_that_goes_is_found_where_it_was_initialized_R_46()
    {
        var story = new Story().Made(Story.Device).Step(UnloadStep.Invoked).Step(UnloadStep.Returned);
        var resource = new VirtualAddress(0xFFFF_E000_0000_7700);
        story.Trace.Add(new RegistrationRecord(RegistrationKind.Resource, true, resource, default, default) { Stack = [Story.Site(Story.Image, 0x1C80)] });
        story.Trace.Add(new BugCheckRecord(0xC4, 0xD2, resource.Value, 0, 0, "the image of x.sys was freed with an ERESOURCE"));
        story.Context = story.Context with { End = RunEnd.Crashed };
        var verdict = story.Judge();
        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((Verdict.Crashed, Reason.ResourceLeft, Party.Driver, 0x1C80u), (verdict.Verdict, finding.Reason, finding.Blame.Party, finding.Site!.Value.Rva.Value));
    }

    [Fact]
    public void An_idle_PnP_driver_without_devices_was_left_by_the_last_removal_R_50()
    {
        var story = new Story(isPnp: true).Made(Story.Device);
        story.Trace.Add(new ObjectRecord(false, Story.Device, "Device"));
        var finding = Assert.Single(story.Judge().Findings);
        Assert.Equal((Reason.DeletePendingControlDevice, Certainty.Likely), (finding.Reason, finding.Certainty));
    }

    [Fact]
    public void A_crash_in_the_range_of_an_image_that_is_gone_is_left_too_early()
    {
        var story = new Story().Step(UnloadStep.Invoked).Step(UnloadStep.Returned).ImageGone();
        story.Trace.Add(new BugCheckRecord(0x50, _routine.Value, 0, 0, 0, "page fault"));
        story.Context = story.Context with { End = RunEnd.Crashed };
        Assert.Equal(Verdict.LeftTooEarly, story.Judge().Verdict);
    }

    [Theory]
    [InlineData(HangKind.NoThreadCanRun, Certainty.Proven)]
    [InlineData(HangKind.LongWait, Certainty.Likely)]
    public void An_unload_that_never_returns_is_hung_and_its_wait_is_named(HangKind kind, Certainty certainty)
    {
        var story = new Story().Step(UnloadStep.Invoked);
        story.Trace.Add(new DriverCallRecord(DriverCallKind.DriverUnload, Story.Driver, _routine, _entry, null));
        story.Trace.Add(new RoutineRecord("ntoskrnl.exe", "KeWaitForSingleObject", []) { Stack = [Story.Site(Story.Image, 0x1E00)] });
        story.Context = story.Context with { End = RunEnd.Hung, Hang = kind };
        var verdict = story.Judge();
        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((Verdict.Hung, AttemptState.Running, certainty), (verdict.Verdict, verdict.Attempt.State, finding.Certainty));
        Assert.Contains("KeWaitForSingleObject", finding.Summary, StringComparison.Ordinal);
        Assert.Equal(0x1E00u, finding.Site!.Value.Rva.Value);
    }

    [Fact]
    public void A_deferral_that_was_over_in_time_is_a_note_on_the_client_R_08()
    {
        var story = new Story().Made(Story.Device);
        story.Trace.Add(new ReferenceRecord(Story.Device, "Device", ReferenceCounter.IoCount, 0, 1, ReferenceCause.FileOpen, Story.File));
        story.Step(UnloadStep.Deferred);
        story.Trace.Add(new ReferenceRecord(Story.Device, "Device", ReferenceCounter.IoCount, 1, 0, ReferenceCause.FileOpen, Story.File));
        story.Context = story.Context with { Clients = [new ScenarioClient("app.exe", Party.Client, true, "closes late")] };
        var verdict = story.Step(UnloadStep.Invoked, Attempter.Io).Step(UnloadStep.Returned, Attempter.Io).ImageGone().Judge();
        var note = Assert.Single(verdict.Findings);
        Assert.Equal((Verdict.Unloaded, Reason.OpenHandle, false, true), (verdict.Verdict, note.Reason, note.Counts, note.IsOver));
        Assert.Equal(new Blame(Party.Client, "app.exe"), note.Blame);
    }

    [Fact]
    public void Ten_thousand_devices_are_judged_in_time_and_named_in_part()
    {
        var story = new Story(isPnp: true);
        for (var i = 0; i < 10_000; i++)
        {
            var address = Story.Device + (ulong)(i * 0x200);
            story.Made(address);
        }

        story.WithMany(Enumerable.Range(0, 10_000).Select(i => Story.Listed() with { Address = Story.Device + (ulong)(i * 0x200) }));
        var finding = Assert.Single(story.Judge().Findings);
        Assert.Equal(Reason.ControlDeviceNotDeleted, finding.Reason);
        Assert.InRange(finding.Holders.Count, 1, 16);
    }
}

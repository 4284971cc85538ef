namespace LastRef.Tests;

/// <summary>What the ledger alone shows: references that are too many, handles and whose they are, and what is left when one mistake is mended.</summary>
public sealed class LedgerRuleTests
{
    private const uint Call = 0x1500;

    [Fact]
    [Trait("Spec", "U-1.37")]
    public void A_count_that_goes_too_low_is_found_at_its_call_although_nothing_crashed_R_33()
    {
        var story = new Story().Made(Story.Device).With(Story.Listed());
        story.Trace.Add(new ReferenceRecord(Story.Device, "Device", ReferenceCounter.PointerCount, 2, 1, ReferenceCause.ExplicitReference, default)
        {
            Stack = [Story.Site(Story.Image, Call)],
        });
        var finding = Assert.Single(story.Judge().Findings, f => f.Reason == Reason.OverDereference);
        Assert.Equal((Party.Driver, Call), (finding.Blame.Party, finding.Site!.Value.Rva.Value));
        Assert.Contains("2 -> 1", Assert.Single(finding.Evidence).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_that_is_given_back_is_no_count_too_low_R_33()
    {
        var story = new Story().Made(Story.Device).With(Story.Listed()).Referenced(Story.Device, "Device", ReferenceCause.ExplicitReference, Story.Site(Story.Image, 0x1400));
        story.Trace.Add(new ReferenceRecord(Story.Device, "Device", ReferenceCounter.PointerCount, 2, 1, ReferenceCause.ExplicitReference, default)
        {
            Stack = [Story.Site(Story.Image, Call)],
        });
        Assert.DoesNotContain(story.Judge().Findings, f => f.Reason == Reason.OverDereference);
    }

    [Theory]
    [InlineData(4ul, "other.sys", Reason.KernelHandleLeaked, Party.Neighbour)]
    [InlineData(4ul, Story.Image, Reason.OpenedItself, Party.Driver)]
    [InlineData(2380ul, "other.sys", Reason.HandleInForeignProcess, Party.Neighbour)]
    [InlineData(2380ul, Story.Image, Reason.HandleInForeignProcess, Party.Driver)]
    [Trait("Spec", "U-6.17")]
    public void A_handle_that_driver_code_opened_is_that_drivers_wherever_it_lies_R_20_R_21(ulong processId, string module, Reason reason, Party party)
    {
        var entry = new VirtualAddress(0xFFFF_E000_0000_4000);
        var story = new Story().Made(Story.Device).With(Story.Listed(1, Nt.DeviceObjectExtensionFlags.UnloadPending))
            .WithOpen(handles: 1, processId, processId == 4 ? "System" : "app.exe")
            .Referenced(Story.File, "File", ReferenceCause.OpenHandle, Story.Site(module, Call), holder: entry).Step(UnloadStep.Deferred);
        var finding = Assert.Single(story.Judge().Findings);
        Assert.Equal((reason, party, Call), (finding.Reason, finding.Blame.Party, finding.Site!.Value.Rva.Value));
    }

    [Fact]
    public void In_a_dump_a_handle_of_System_is_only_likely_and_nobodys_R_20()
    {
        var story = new Story().With(Story.Listed(1, Nt.DeviceObjectExtensionFlags.UnloadPending)).WithOpen(handles: 1, processId: 4, process: "System");
        var finding = Assert.Single(story.Judge(withTrace: false).Findings);
        Assert.Equal((Reason.KernelHandleLeaked, Certainty.Likely, Blame.NotKnown), (finding.Reason, finding.Certainty, finding.Blame));
        Assert.Contains(finding.Unobserved, line => line.Contains("would settle it", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_findings_about_one_call_go_together_and_others_remain()
    {
        CallSite one = Story.Site(Story.Image, 0x1100), two = Story.Site(Story.Image, 0x1200);
        Finding[] findings = [Of(Reason.ReferenceLeakOfOwn, one), Of(Reason.DeletedTwice, one), Of(Reason.ResourceLeft, two), Of(Reason.OpenHandle, one) with { Counts = false }];
        var filled = OtherFinding.Fill(findings).ToList();
        Assert.Equal([(Reason.DeletedTwice, false), (Reason.ResourceLeft, true)], filled[0].Others.Select(other => (other.Reason, other.Remains)));
        Assert.Empty(filled[3].Others);
    }

    private static Finding Of(Reason reason, CallSite site) =>
        new(reason, Certainty.Proven, new Blame(Party.Driver, Story.Image), "L-7", [], [], [], site) { Summary = "it is wrong" };
}

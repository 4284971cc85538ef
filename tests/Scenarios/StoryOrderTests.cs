using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The order of events is really asked for: stories that break it are told apart.</summary>
public sealed class StoryOrderTests
{
    private static readonly VirtualAddress _device = new(0xFFFF_8A00_0000_1000);
    private static readonly VirtualAddress _driver = new(0xFFFF_8A00_0000_2000);
    private static readonly VirtualAddress _file = new(0xFFFF_8A00_0000_3000);

    [Fact]
    public void A_removal_without_a_question_breaks_the_order()
    {
        var trace = Started();
        Send(trace, PnpMinor.RemoveDevice);
        Assert.StartsWith("U-5.12", Assert.Single(StoryOrder.Violations(trace)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_before_the_removal_is_the_order()
    {
        var trace = Started();
        Send(trace, PnpMinor.QueryRemoveDevice);
        Send(trace, PnpMinor.RemoveDevice);
        Assert.Empty(StoryOrder.Violations(trace));
    }

    [Fact]
    public void A_cancel_for_one_who_was_not_asked_breaks_the_order()
    {
        var trace = Started();
        Send(trace, PnpMinor.CancelRemoveDevice);
        Assert.StartsWith("U-5.14", Assert.Single(StoryOrder.Violations(trace)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_removal_after_a_surprise_with_an_open_device_breaks_the_order()
    {
        var trace = Started();
        trace.Add(new ReferenceRecord(_device, "Device", ReferenceCounter.IoCount, 0, 1, ReferenceCause.FileOpen, _file));
        Send(trace, PnpMinor.SurpriseRemoval);
        Send(trace, PnpMinor.RemoveDevice);
        Assert.StartsWith("U-5.32", Assert.Single(StoryOrder.Violations(trace)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_close_without_its_cleanup_breaks_the_order()
    {
        var trace = new Trace();
        Send(trace, IrpMajor.Create);
        Send(trace, IrpMajor.Close);
        Assert.StartsWith("U-3.73", Assert.Single(StoryOrder.Violations(trace)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_goes_before_its_driver_object_breaks_the_order()
    {
        var trace = new Trace();
        foreach (var step in new[] { UnloadStep.Invoked, UnloadStep.Returned, UnloadStep.ImageGone })
            trace.Add(new UnloadRecord(step, _driver, @"\Driver\X", Attempter.Scm, NtStatus.Success));
        Assert.StartsWith("U-3.21", Assert.Single(StoryOrder.Violations(trace)), StringComparison.Ordinal);
    }

    private static Trace Started()
    {
        var trace = new Trace();
        trace.Add(new ObjectRecord(true, _device, "Device"));
        Send(trace, PnpMinor.StartDevice);
        trace.Add(new IrpRecord(IrpStep.Completed, _file, (byte)IrpMajor.Pnp, 0, _device, _driver, default, NtStatus.Success));
        return trace;
    }

    private static void Send(Trace trace, PnpMinor minor) =>
        trace.Add(new IrpRecord(IrpStep.Sent, _file, (byte)IrpMajor.Pnp, (byte)minor, _device, _driver, default, NtStatus.NotSupported));

    private static void Send(Trace trace, IrpMajor major) =>
        trace.Add(new IrpRecord(IrpStep.Sent, new VirtualAddress((ulong)major + 1), (byte)major, 0, _device, _driver, _file, NtStatus.Success));
}

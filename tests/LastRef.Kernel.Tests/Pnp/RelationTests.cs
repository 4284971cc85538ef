using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class RelationTests
{
    [Fact]
    [Trait("Spec", "U-5.70")]
    [Trait("Spec", "U-5.3")]
    public void A_removal_relation_goes_along_and_its_reference_comes_back()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var (first, related) = (pnp.PlugIn(1), pnp.PlugIn(2));
        var before = test.PointerCount(related.Pdo.Address);
        pnp.Named[3] = [related.Pdo];
        pnp.Log.Clear();
        Assert.Equal(NtStatus.Success, pnp.Remove(first));
        Assert.False(related.IsAdded);
        Assert.False(related.IsDeleted);
        Assert.Equal(before, test.PointerCount(related.Pdo.Address));
        Assert.Equal((22u, 0u), (OperationTests.Node(test, first).Problem, OperationTests.Node(test, related).Problem));

        // The relation is asked and removed before the device that named it.
        var removes = test.Kernel.Trace.Of<IrpRecord>()
            .Where(i => i.Step == IrpStep.Sent && i.Minor == (byte)PnpMinor.RemoveDevice && (i.Device == first.Pdo.Address || i.Device == related.Pdo.Address))
            .Select(i => i.Device);
        Assert.Equal([related.Pdo.Address, first.Pdo.Address], removes);
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    public void A_removal_relation_may_refuse_for_the_device()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var (first, related) = (pnp.PlugIn(1), pnp.PlugIn(2));
        pnp.Named[3] = [related.Pdo];
        new TestApplication(test).Open(test.Kernel.Ob.NameOf(related.Pdo.Address)!);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(first));
        Assert.Equal(related.Identity.InstancePath, test.Kernel.Trace.Of<VetoRecord>().Last().Name);
        Assert.True(first.IsStarted);
        Assert.DoesNotContain(PnpMinor.QueryRemoveDevice, OperationTests.SentTo(test, first.Pdo));
    }

    [Fact]
    [Trait("Spec", "U-5.31")]
    public void A_surprise_takes_removal_relations_along()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var (first, related) = (pnp.PlugIn(1), pnp.PlugIn(2));
        pnp.Named[3] = [related.Pdo];
        pnp.PullOut(first);
        Assert.Equal([PnpMinor.SurpriseRemoval, PnpMinor.RemoveDevice], OperationTests.SentTo(test, related.Pdo).TakeLast(2));
        Assert.True(first.IsDeleted);
        Assert.False(related.IsDeleted);
        Assert.False(related.IsMissing);
    }

    [Fact]
    [Trait("Spec", "U-5.44")]
    public void Ejection_relations_go_along_with_an_eject_and_with_nothing_else()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var (first, related) = (pnp.PlugIn(1), pnp.PlugIn(2));
        pnp.Named[1] = [related.Pdo];
        Assert.Equal(NtStatus.Success, pnp.Remove(first));
        Assert.True(related.IsStarted);
        Assert.Equal(NtStatus.Success, OperationTests.Act(test, p => p.Enable(first)));
        Assert.Equal(NtStatus.Success, OperationTests.Act(test, p => p.Eject(first)));
        Assert.False(related.IsAdded);
        Assert.Contains(PnpMinor.Eject, OperationTests.SentTo(test, first.Pdo));
        Assert.DoesNotContain(PnpMinor.Eject, OperationTests.SentTo(test, related.Pdo));
    }

    [Theory]
    [Trait("Spec", "U-5.77")]
    [InlineData("twice", 1UL)]
    [InlineData("null", 8UL)]
    [InlineData("deleted", 4UL)]
    public void Bus_relations_that_cannot_be_are_fatal(string what, ulong parameter)
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        var child = bus.Report("a");
        if (what != "deleted")
            bus.ReportAgain(what == "null" ? VirtualAddress.Null : child.Address);
        else
            test.Run(_ => test.Kernel.Io.IoDeleteDevice(child));
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Kernel.Pnp.BuildStack(device);
            await test.Kernel.Pnp.Start(device);
        });
        Assert.Equal((0xCAu, parameter), (stop.Code, stop.Parameter1));
    }

    [Theory]
    [Trait("Spec", "U-5.77")]
    [InlineData(false, 2UL)]
    [InlineData(true, 0xBUL)]
    public void Removal_relations_must_be_PDOs_that_live(bool isDeleted, ulong parameter)
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var no = pnp.Driver.CreateDevice(null);
        if (isDeleted)
            test.Run(_ => test.Kernel.Io.IoDeleteDevice(no));
        pnp.Named[3] = [no];
        var stop = test.RunToBugCheck(_ => test.Kernel.Pnp.QueryAndRemove(device));
        Assert.Equal((0xCAu, parameter), (stop.Code, stop.Parameter1));
    }

    [Fact]
    [Trait("Spec", "U-5.77")]
    public void A_PDO_that_is_freed_under_its_devnode_is_fatal()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var stop = test.RunToBugCheck(async _ =>
        {
            while (true)
                await test.Kernel.Ob.Dereference(device.Pdo.Address, ReferenceCause.ExplicitReference);
        });
        Assert.Equal((0xCAu, 5UL), (stop.Code, stop.Parameter1));
    }
}

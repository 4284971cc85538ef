using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class BusTests
{
    [Fact]
    [Trait("Spec", "T-76")]
    public void Invalidating_the_relations_returns_before_a_child_is_removed()
    {
        using var test = KernelTest.Boot();
        var (bus, device, child) = BusWithChild(test);
        bus.Retract(child);
        var logged = test.Run(async _ =>
        {
            // At DISPATCH_LEVEL no worker can come in between, and the routine itself must not do the removal.
            var before = await test.Call("KfRaiseIrql", (ulong)Irql.Dispatch);
            await test.Call("IoInvalidateDeviceRelations", device.Pdo.Address.Value, 0);
            var removed = bus.Log.Contains("child:SurpriseRemoval");
            await test.Call("KeLowerIrql", before);
            return removed;
        });
        Assert.False(logged);
        test.RunUntilIdle();
        Assert.Contains("child:SurpriseRemoval", bus.Log);
        Assert.Contains("child:RemoveDevice", bus.Log);
        Assert.False(test.Kernel.Ob.IsAlive(child.Address, ObjectKind.Device));

        // Creation, name, devnode: the queued operation's reference is gone.
        Assert.Equal(3, test.PointerCount(device.Pdo.Address));
    }

    [Fact]
    public void A_reported_child_is_held_by_its_devnode_alone()
    {
        using var test = KernelTest.Boot();
        var (_, device, child) = BusWithChild(test);
        Assert.Equal(2, test.PointerCount(child.Address));
        var node = Assert.Single(device.Children);
        Assert.Equal((child.Address, @"TESTBUS\CHILD\a"), (node.Pdo.Address, node.Identity.InstancePath));
        Assert.True(node.IsStarted);
        var parent = new DeviceNode(test.Memory, device.Node);
        Assert.Equal(node.Node, parent.Child!.Value.Address);
        Assert.Equal(parent, new DeviceNode(test.Memory, node.Node).Parent);
    }

    [Fact]
    [Trait("Spec", "T-92")]
    public void Children_are_removed_before_their_parent()
    {
        using var test = KernelTest.Boot();
        var (bus, device, child) = BusWithChild(test);
        bus.Log.Clear();
        Assert.Equal(NtStatus.Success, bus.Remove(device));
        Assert.Equal(
            ["child:QueryRemoveDevice", "QueryRemoveDevice", "child:RemoveDevice", "RemoveDevice"],
            bus.Log.Where(l => l.EndsWith("RemoveDevice", StringComparison.Ordinal)));

        // U-5.71, U-5.75: the child is still reported, so its PDO stays and keeps the driver.
        Assert.True(test.Kernel.Ob.IsAlive(child.Address, ObjectKind.Device));
        Assert.Equal(1, test.PointerCount(child.Address));
        Assert.False(bus.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "U-5.15a")]
    public void The_devnodes_go_when_every_device_of_the_removal_has_had_its_remove()
    {
        using var test = KernelTest.Boot();
        var (bus, device, child) = BusWithChild(test);
        Assert.Equal(NtStatus.Success, bus.Remove(device));
        var last = test.Kernel.Trace.Of<IrpRecord>().Last(r => r is { Step: IrpStep.Completed, Major: (byte)IrpMajor.Pnp, Minor: (byte)PnpMinor.RemoveDevice });
        var released = test.Kernel.Trace.Of<ReferenceRecord>().Single(r => r.Object == child.Address && r.Cause == ReferenceCause.DeviceNode && r.New < r.Old);
        Assert.True(released.Sequence > last.Sequence);
    }

    [Fact]
    [Trait("Spec", "T-84")]
    [Trait("Spec", "U-5.32a")]
    public void An_open_child_outlives_its_parents_surprise_removal_until_it_is_closed()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        var child = bus.Report("a");
        Assert.Equal(NtStatus.Success, bus.Start(device));
        test.Run(_ =>
        {
            test.Kernel.Io.ChangeIoCount(child, +1, ReferenceCause.FileOpen, VirtualAddress.Null);
            return GuestTask.CompletedTask;
        });
        bus.Retract(child);
        bus.PullOut(device);

        // Both went in one removal: the bus waits for its child, whose REMOVE comes first.
        Assert.DoesNotContain(bus.Log, l => l.EndsWith("RemoveDevice", StringComparison.Ordinal));
        Assert.True(test.Kernel.Ob.IsAlive(child.Address, ObjectKind.Device));
        Assert.False(bus.Driver.WasUnloaded);

        test.Run(async _ =>
        {
            test.Kernel.Io.ChangeIoCount(child, -1, ReferenceCause.FileOpen, VirtualAddress.Null);
            await test.Kernel.Io.CompletePending(child);
        });
        test.RunUntilIdle();
        Assert.Equal(["child:RemoveDevice", "RemoveDevice"], bus.Log.Where(l => l.EndsWith("RemoveDevice", StringComparison.Ordinal)));
        Assert.False(test.Kernel.Ob.IsAlive(child.Address, ObjectKind.Device));
        Assert.True(bus.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "U-5.74")]
    public void A_child_that_was_reported_missing_and_is_open_does_not_keep_its_bus_waiting()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        var child = bus.Report("a");
        Assert.Equal(NtStatus.Success, bus.Start(device));
        test.Run(_ =>
        {
            test.Kernel.Io.ChangeIoCount(child, +1, ReferenceCause.FileOpen, VirtualAddress.Null);
            return GuestTask.CompletedTask;
        });
        bus.Retract(child);
        test.CallNow("IoInvalidateDeviceRelations", device.Pdo.Address.Value, 0);
        test.RunUntilIdle();
        Assert.Contains("child:SurpriseRemoval", bus.Log);
        bus.PullOut(device);
        Assert.Equal(["RemoveDevice"], bus.Log.Where(l => l.EndsWith("RemoveDevice", StringComparison.Ordinal)));
        Assert.True(test.Kernel.Ob.IsAlive(child.Address, ObjectKind.Device));
    }

    [Fact]
    [Trait("Spec", "T-93")]
    public void Two_children_with_one_instance_path_stop_the_machine()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        bus.Report("same");
        bus.Report("same");
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Kernel.Pnp.BuildStack(device);
            await test.Kernel.Pnp.Start(device);
        });
        Assert.Equal((0xCAu, 1UL), ((uint)stop.Code, stop.Parameter1));
    }

    [Fact]
    public void Children_of_two_buses_may_have_the_same_id_when_it_is_not_unique()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        bus.ChildrenAreUnique = false;
        var (first, second) = (bus.Arrive(1), bus.Arrive(2));
        var child = bus.Report("a");
        Assert.Equal(NtStatus.Success, bus.Start(first));
        bus.Retract(child);
        bus.Report("a");
        Assert.Equal(NtStatus.Success, bus.Start(second));
        var paths = first.Children.Concat(second.Children).Select(c => c.Identity.InstancePath).ToList();
        Assert.Equal(2, paths.Distinct().Count());
        Assert.All(paths, p => Assert.Matches(@"^TESTBUS\\CHILD\\2&[0-9a-f]+&0&a$", p));
    }

    [Fact]
    public void A_child_without_any_driver_is_in_the_tree_and_not_started()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        bus.ChildrenAreRaw = false;
        var device = bus.Arrive();
        var child = bus.Report("a");
        Assert.Equal(NtStatus.Success, bus.Start(device));
        var node = Assert.Single(device.Children);
        Assert.Equal(28u, new DeviceNode(test.Memory, node.Node).Problem);
        Assert.DoesNotContain("child:StartDevice", bus.Log);
        bus.Retract(child);
        bus.PullOut(device);
        Assert.DoesNotContain("child:SurpriseRemoval", bus.Log);
        Assert.Contains("child:RemoveDevice", bus.Log);
        Assert.True(bus.Driver.WasUnloaded);
    }

    private static (PnpTestDriver Bus, PnpDevice Device, DeviceObject Child) BusWithChild(KernelTest test)
    {
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        var child = bus.Report("a");
        Assert.Equal(NtStatus.Success, bus.Start(device));
        return (bus, device, child);
    }
}

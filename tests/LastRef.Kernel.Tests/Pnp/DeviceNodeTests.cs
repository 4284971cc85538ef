using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Devnodes in memory, and what a device says of itself.</summary>
public sealed class DeviceNodeTests
{
    [Theory]
    [Trait("Spec", "U-1.55")]
    [Trait("Spec", "U-1.56")]
    [Trait("Spec", "U-1.57")]
    [InlineData(NtBuild.Windows7Sp1, 0x302, 0x308, 0x313)]
    [InlineData(NtBuild.Windows10_2004, 0x302, 0x308, 0x313)]
    [InlineData(NtBuild.Windows11_21H2, 0x304, 0x30A, 0x315)]
    public void States_have_the_numbers_of_their_build(NtBuild build, int initialized, int started, int pendingCloses)
    {
        using var test = KernelTest.Boot(new MachineOptions { Build = build });
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.Arrive();
        Assert.Equal(initialized, OperationTests.Node(test, device).State);
        pnp.Start(device);
        Assert.Equal(started, OperationTests.Node(test, device).State);
        Assert.Equal(NodeState.Started, test.Kernel.Pnp.StateOf(device));
        new TestApplication(test).Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!);
        pnp.PullOut(device);
        Assert.Equal(pendingCloses, OperationTests.Node(test, device).State);
        Assert.Equal("DeviceNodeDeletePendingCloses", test.Memory.Layout.Enumeration("_PNP_DEVNODE_STATE")!.NameOf(pendingCloses));
    }

    [Fact]
    [Trait("Spec", "U-1.51")]
    public void The_history_of_states_is_kept()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var node = OperationTests.Node(test, device);
        var history = Enumerable.Range(0, (int)node.StateHistoryEntry).Select(i => (NodeState)node.StateHistory[i]).Append((NodeState)node.State).ToList();
        Assert.Equal(
            [
                NodeState.Uninitialized, NodeState.Initialized, NodeState.DriversAdded, NodeState.StartPending, NodeState.StartCompletion,
                NodeState.StartPostWork, NodeState.Started, NodeState.EnumeratePending, NodeState.EnumerateCompletion, NodeState.Started,
            ],
            history);
        Assert.Equal((int)NodeState.EnumerateCompletion, node.PreviousState);
        pnp.Remove(device);
        Assert.Equal(((int)NodeState.Removed, (int)NodeState.QueryRemoved), (node.State, node.PreviousState));
    }

    [Fact]
    [Trait("Spec", "U-1.50")]
    public void The_tree_is_linked_by_child_sibling_and_last_child()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        var pdos = new[] { bus.Report("a"), bus.Report("b"), bus.Report("c") };
        bus.Start(device);
        Assert.Equal(pdos.Select(p => p.Address), Chain(test, device));
        var parent = OperationTests.Node(test, device);
        Assert.Equal(pdos[2], parent.LastChild!.Value.PhysicalDeviceObject);
        Assert.Equal((1u, 2u), (parent.Level, parent.Child!.Value.Level));
        Assert.Equal((device.Identity.InstancePath, "bus"), (parent.InstancePath.ToText(), parent.ServiceName.ToText()));
        Assert.True((parent.Flags & (DeviceNodeFlags.Enumerated | DeviceNodeFlags.IdsQueried)) == (DeviceNodeFlags.Enumerated | DeviceNodeFlags.IdsQueried));

        bus.Retract(pdos[2]);
        bus.Retract(pdos[0]);
        test.CallNow("IoInvalidateDeviceRelations", device.Pdo.Address.Value, 0);
        test.RunUntilIdle();
        Assert.Equal([pdos[1].Address], Chain(test, device));
        Assert.Equal(pdos[1], parent.LastChild!.Value.PhysicalDeviceObject);
    }

    [Fact]
    [Trait("Spec", "U-1.58")]
    public void A_device_may_ask_not_to_be_shown()
    {
        using var test = KernelTest.Boot();
        var (pnp, device) = Reporting(test, PnpDeviceState.DontDisplayInUi);
        Assert.Equal(DeviceNodeUserFlags.DontShowInUi, OperationTests.Node(test, device).UserFlags);
        Assert.True(device.IsStarted);
        pnp.DeviceState = 0;
        Invalidate(test, device);
        Assert.Equal(DeviceNodeUserFlags.None, OperationTests.Node(test, device).UserFlags);
    }

    [Theory]
    [Trait("Spec", "U-5.41")]
    [InlineData((uint)PnpDeviceState.Failed, 43u, true)]
    [InlineData((uint)PnpDeviceState.Removed, 24u, true)]
    [InlineData((uint)(PnpDeviceState.Removed | PnpDeviceState.Failed), 24u, true)]
    [InlineData((uint)PnpDeviceState.Disabled, 29u, false)]
    public void A_device_that_reports_its_end_is_removed_and_stays_on_its_bus(uint state, uint problem, bool isSurprise)
    {
        using var test = KernelTest.Boot();
        var (pnp, device) = Reporting(test, (PnpDeviceState)state);
        Assert.Equal(problem, OperationTests.Node(test, device).Problem);
        Assert.Equal(isSurprise, pnp.Log.Contains("SurpriseRemoval"));
        Assert.Equal(!isSurprise, pnp.Log.Contains("QueryRemoveDevice"));
        Assert.Contains("RemoveDevice", pnp.Log);
        Assert.True(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
        Assert.False(device.IsDeleted);
        Assert.True(pnp.Driver.WasUnloaded);

        // Somebody may try again: the PDO is still there.
        pnp.DeviceState = 0;
        Assert.Equal(NtStatus.Success, OperationTests.Act(test, p => p.Enable(device)));
        Assert.Equal(0u, OperationTests.Node(test, device).Problem);
    }

    [Fact]
    [Trait("Spec", "T-60")]
    [Trait("Spec", "U-6.22")]
    [Trait("Spec", "U-6.23")]
    public void A_registration_for_target_changes_holds_the_PDO_whoever_made_it()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var client = TestDriver.Load(test, "client");
        var file = test.Allocate(8);
        var name = test.Text(test.Kernel.Ob.NameOf(device.Pdo.Address)!);
        Assert.Equal(NtStatus.Success, test.Status("IoGetDeviceObjectPointer", name, 0x80, file.Value, test.Allocate(8).Value));
        var before = test.PointerCount(device.Pdo.Address);
        var entry = test.Allocate(8);
        var routine = test.Routine(_ => GuestTask.FromResult(0UL));
        Assert.Equal(NtStatus.Success, test.Status(
            "IoRegisterPlugPlayNotification", 3, 0, test.Value(file), client.Object.Address.Value, routine.Value, 0, entry.Value));
        Assert.Equal(before + 1, test.PointerCount(device.Pdo.Address));
        Assert.Equal(NtStatus.Success, test.Status("IoUnregisterPlugPlayNotificationEx", test.Value(entry)));
        Assert.Equal(before, test.PointerCount(device.Pdo.Address));

        var user = test.Kernel.Pnp.HoldForUserMode(device);
        Assert.Equal(before + 1, test.PointerCount(device.Pdo.Address));
        Assert.Equal(user, OperationTests.Node(test, device).TargetDeviceNotify.Flink);
        test.Run(_ => test.Kernel.Pnp.ReleaseForUserMode(user));
        Assert.Equal(before, test.PointerCount(device.Pdo.Address));
    }

    private static List<VirtualAddress> Chain(KernelTest test, PnpDevice device)
    {
        var chain = new List<VirtualAddress>();
        for (var child = OperationTests.Node(test, device).Child; child is { } c; child = c.Sibling)
            chain.Add(c.PhysicalDeviceObject!.Value.Address);
        return chain;
    }

    private static (PnpTestDriver Pnp, PnpDevice Device) Reporting(KernelTest test, PnpDeviceState state)
    {
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        pnp.DeviceState = (ulong)state;
        Invalidate(test, device);
        return (pnp, device);
    }

    private static void Invalidate(KernelTest test, PnpDevice device)
    {
        test.CallNow("IoInvalidateDeviceState", device.Pdo.Address.Value);
        test.RunUntilIdle();
    }
}

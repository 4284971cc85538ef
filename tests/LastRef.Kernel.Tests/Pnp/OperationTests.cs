using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What a person does in Device Manager, and the codes that are shown.</summary>
public sealed class OperationTests
{
    [Fact]
    [Trait("Spec", "U-5.43")]
    [Trait("Spec", "U-5.60")]
    public void Disable_shows_code_22_and_enable_takes_it_away()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        Assert.Equal(NtStatus.Success, Act(test, p => p.Disable(device)));
        Assert.Equal(DeviceProblem.Disabled, test.Kernel.Pnp.ShownProblem(device.Identity.InstancePath));
        Assert.True((Node(test, device).Flags & DeviceNodeFlags.HasProblem) != 0);
        Assert.False(pnp.Driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "U-5.61")]
    public void A_disable_that_is_refused_asks_for_a_restart_until_it_succeeds()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var app = new TestApplication(test);
        var handle = app.Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!).Handle;
        Assert.Equal(NtStatus.PlugplayQueryVetoed, Act(test, p => p.Disable(device)));
        Assert.Equal(14u, Node(test, device).Problem);
        Assert.True((Node(test, device).UserFlags & DeviceNodeUserFlags.NeedRestart) != 0);
        Assert.True(device.IsStarted);
        app.Close(handle);
        Assert.Equal(NtStatus.Success, Act(test, p => p.Disable(device)));
        Assert.Equal(22u, Node(test, device).Problem);
        Assert.Equal(DeviceNodeUserFlags.None, Node(test, device).UserFlags);
    }

    [Fact]
    [Trait("Spec", "U-5.60")]
    public void During_a_removal_the_device_shows_code_21()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var seen = (Problem: 0u, Flags: DeviceNodeUserFlags.None);
        pnp.OnDeleted = _ => seen = (Node(test, device).Problem, Node(test, device).UserFlags);
        Act(test, p => p.Disable(device));
        Assert.Equal((21u, DeviceNodeUserFlags.WillBeRemoved), seen);
    }

    [Fact]
    [Trait("Spec", "U-5.44")]
    public void An_ejected_device_waits_with_code_47_until_it_is_taken_out()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        Assert.Equal(NtStatus.Success, Act(test, p => p.Eject(device)));
        Assert.Equal(47u, Node(test, device).Problem);
        var minors = SentTo(test, device.Pdo).ToList();
        Assert.Equal([PnpMinor.QueryRemoveDevice, PnpMinor.RemoveDevice, PnpMinor.Eject], minors.TakeLast(3));
        pnp.PullOut(device);
        Assert.Equal(PnpMinor.RemoveDevice, SentTo(test, device.Pdo).Last());
        Assert.False(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
        Assert.Equal(DeviceProblem.Phantom, test.Kernel.Pnp.ShownProblem(device.Identity.InstancePath));
    }

    [Fact]
    public void An_uninstalled_device_loses_its_keys_and_the_next_scan_installs_it_again()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var other = pnp.PlugIn(1);
        var device = pnp.PlugIn();
        var path = @"\Registry\Machine\System\CurrentControlSet\Enum\" + device.Identity.InstancePath;
        Assert.NotNull(test.Kernel.Cm.FindKey(path));
        Assert.Equal(NtStatus.Success, Act(test, p => p.Uninstall(device)));
        Assert.Null(test.Kernel.Cm.FindKey(path));
        Assert.Equal((int)NodeState.Uninitialized, Node(test, device).State);
        Assert.True(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
        test.Run(_ => test.Kernel.Pnp.Rescan());
        test.RunUntilIdle();
        Assert.NotNull(test.Kernel.Cm.FindKey(path));
        Assert.True(device.IsStarted);
        Assert.True(other.IsStarted);
    }

    [Fact]
    [Trait("Spec", "T-57")]
    public void A_pinned_image_gives_code_38_to_the_next_device_and_refuses_the_next_load()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        test.Kernel.Ob.Reference(pnp.Driver.Object.Address, ReferenceCause.ExplicitReference);
        Assert.Equal(NtStatus.Success, Act(test, p => p.RemoveForUpdate(device)));
        Assert.True(pnp.Driver.WasUnloaded);
        Assert.True(pnp.Driver.IsImageLoaded);
        Assert.Null(test.Kernel.Io.FindDriver(pnp.Driver.ServiceKey));
        Assert.True(test.Kernel.Ob.Lookup(@"\Driver\function").Object.IsNull);

        Assert.Equal(NtStatus.DriverFailedPriorUnload, Act(test, p => p.StartAfterUpdate(device)));
        Assert.Equal(0xC000_038Eu, (uint)device.Failure.Value);
        var node = Node(test, device);
        Assert.Equal((38u, NtStatus.DriverFailedPriorUnload), (node.Problem, node.ProblemStatus!.Value));
        Assert.True(node.RequiresUnloadedDriver);
        Assert.Equal(1u, node.DriverUnloadRetryCount);
        Assert.Equal(NtStatus.ImageAlreadyLoaded, test.Run(async _ => (await test.Kernel.Io.LoadDriver(pnp.Driver.ServiceKey)).Status));

        test.Run(_ => test.Kernel.Ob.Dereference(pnp.Driver.Object.Address, ReferenceCause.ExplicitReference));
        Assert.False(pnp.Driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "U-5.62")]
    [Trait("Spec", "U-4.51")]
    public void An_update_under_a_driver_that_stays_needs_a_restart_and_runs_the_old_image()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "hybrid");
        var device = pnp.PlugIn();
        pnp.Driver.CreateDevice("HybridControl");
        Assert.Equal(NtStatus.Success, Act(test, p => p.RemoveForUpdate(device)));
        Assert.Equal(NtStatus.Success, Act(test, p => p.StartAfterUpdate(device)));
        Assert.True(device.IsStarted);
        Assert.Equal(14u, Node(test, device).Problem);
        Assert.False(pnp.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "U-5.60")]
    public void A_driver_that_cannot_be_loaded_gives_37_or_39()
    {
        using var test = KernelTest.Boot();
        var key = test.Kernel.Cm.CreateKey(IoManager.ServicesKey + @"\absent");
        key.SetValue(RegistryValue.Expandable("ImagePath", @"\SystemRoot\System32\drivers\absent.sys"));
        key.SetValue(RegistryValue.Dword("Type", 1));
        var device = test.Run(_ => test.Kernel.Pnp.Arrive(new DeviceIdentity { InstancePath = @"LASTREF\ABSENT\0", Service = "absent" }));
        Assert.False(Act(test, p => p.Enable(device)).IsSuccess);
        Assert.Equal(39u, Node(test, device).Problem);

        var (failing, status) = TestDriver.TryLoadBare(test, "failing", _ => GuestTask.FromResult(NtStatus.Unsuccessful));
        Assert.Equal(NtStatus.Unsuccessful, status);
        var second = test.Run(_ => test.Kernel.Pnp.Arrive(new DeviceIdentity { InstancePath = @"LASTREF\FAILING\0", Service = "failing" }));
        Assert.False(Act(test, p => p.Enable(second)).IsSuccess);
        Assert.Equal(37u, Node(test, second).Problem);
        Assert.False(failing.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "U-5.37")]
    public void A_device_that_comes_back_while_its_handle_is_open_is_another_device()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var first = pnp.PlugIn();
        var app = new TestApplication(test);
        var handle = app.Open(test.Kernel.Ob.NameOf(first.Pdo.Address)!).Handle;
        pnp.PullOut(first);
        var second = pnp.PlugIn();
        Assert.NotEqual(first.Pdo, second.Pdo);
        Assert.NotEqual(first.Node, second.Node);
        Assert.Equal(first.Identity.InstancePath, second.Identity.InstancePath);
        Assert.Equal((int)NodeState.DeletePendingCloses, Node(test, first).State);
        Assert.Equal(2, test.Kernel.Io.DevicesOf(pnp.Driver.Object).Count);
        app.Close(handle);
        Assert.Equal((int)NodeState.Deleted, Node(test, first).State);
        Assert.True(second.IsStarted);
        Assert.False(pnp.Driver.WasUnloaded);
        Assert.Equal(NtStatus.Success, pnp.Remove(second));
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "T-88")]
    public void A_hybrid_that_deletes_its_control_device_with_the_last_stack_device_is_unloaded()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "hybrid");
        var (first, second) = (pnp.PlugIn(1), pnp.PlugIn(2));
        var control = pnp.Driver.CreateDevice("HybridControl");
        var left = 2;
        pnp.OnDeletedAsync = async _ =>
        {
            if (--left == 0)
                await test.Call("IoDeleteDevice", control.Address.Value);
        };
        pnp.Remove(first);
        Assert.False(pnp.Driver.WasUnloaded);
        pnp.Remove(second);
        Assert.True(pnp.Driver.WasUnloaded);
        Assert.False(pnp.Driver.IsImageLoaded);
    }

    internal static NtStatus Act(KernelTest test, Func<PnpManager, GuestTask<NtStatus>> work)
    {
        var status = test.Run(_ => work(test.Kernel.Pnp));
        test.RunUntilIdle();
        return status;
    }

    internal static DeviceNode Node(KernelTest test, PnpDevice device) => new(test.Memory, device.Node);

    /// <summary>PnP requests that a device got, in order.</summary>
    internal static IEnumerable<PnpMinor> SentTo(KernelTest test, DeviceObject device) => test.Kernel.Trace.Of<IrpRecord>()
        .Where(i => i.Step == IrpStep.Sent && i.Device == device.Address && i.Major == (byte)IrpMajor.Pnp).Select(i => (PnpMinor)i.Minor);
}

using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class RemovalTests
{
    private static readonly string[] _removal = ["QueryRemoveDevice", "CancelRemoveDevice", "SurpriseRemoval", "RemoveDevice"];

    [Fact]
    [Trait("Spec", "T-70")]
    [Trait("Spec", "T-71")]
    [Trait("Spec", "T-72")]
    [Trait("Spec", "T-75")]
    public void A_device_pulled_out_while_open_gets_its_remove_only_with_the_last_close()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var app = new TestApplication(test);
        var name = test.Kernel.Ob.NameOf(device.Pdo.Address)!;
        var handle = app.Open(name).Handle;
        pnp.PullOut(device);
        Assert.Equal(["SurpriseRemoval"], Removals(pnp));
        Assert.Equal((int)NodeState.DeletePendingCloses, new DeviceNode(test.Memory, device.Node).State);

        pnp.Driver.Log.Clear();
        app.Control(handle, 0x22_2000, [], 0);
        Assert.Contains("DeviceControl", pnp.Driver.Log);
        Assert.Equal(NtStatus.NoSuchDevice, app.Open(name).Status);

        app.Close(handle);
        Assert.Equal(["SurpriseRemoval", "RemoveDevice"], Removals(pnp));
        Assert.Equal(NtStatus.ObjectNameNotFound, app.Open(name).Status);
        Assert.False(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
        Assert.True(pnp.Driver.WasUnloaded);
        Assert.False(pnp.Driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-78")]
    public void An_open_handle_vetoes_the_removal_and_the_device_works_on()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var app = new TestApplication(test);
        var handle = app.Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!).Handle;
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal(["QueryRemoveDevice", "CancelRemoveDevice"], Removals(pnp));
        var veto = Assert.Single(test.Kernel.Trace.Of<VetoRecord>());
        Assert.Equal((5, device.Identity.InstancePath), (veto.VetoType, veto.Name));
        Assert.Equal((int)NodeState.Started, new DeviceNode(test.Memory, device.Node).State);
        Assert.Equal(NtStatus.Success, app.Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!).Status);

        app.Close(handle);
        Assert.False(pnp.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "T-78")]
    public void A_driver_that_fails_the_query_keeps_its_device()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        pnp.Answer = minor => minor == PnpMinor.QueryRemoveDevice ? NtStatus.Unsuccessful : null;
        var device = pnp.PlugIn();
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal(6, Assert.Single(test.Kernel.Trace.Of<VetoRecord>()).VetoType);
        Assert.True(device.IsStarted);
    }

    [Fact]
    [Trait("Spec", "T-81")]
    public void A_failed_start_is_followed_by_remove_alone()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        pnp.Answer = minor => minor == PnpMinor.StartDevice ? NtStatus.InsufficientResources : null;
        var device = pnp.Arrive();
        Assert.Equal(NtStatus.InsufficientResources, pnp.Start(device));
        Assert.Equal(["RemoveDevice"], Removals(pnp));
        Assert.Equal(10u, new DeviceNode(test.Memory, device.Node).Problem);
        Assert.True(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "T-82")]
    public void A_disabled_device_keeps_its_PDO_and_can_be_enabled_again()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var other = pnp.PlugIn(1);
        var device = pnp.PlugIn();
        var before = test.PointerCount(device.Pdo.Address);
        var function = pnp.FunctionDevice!.Value;
        Assert.Equal(NtStatus.Success, pnp.Remove(device));
        Assert.False(test.Kernel.Ob.IsAlive(function.Address, ObjectKind.Device));
        Assert.Equal(22u, new DeviceNode(test.Memory, device.Node).Problem);
        Assert.Null(device.Pdo.AttachedDevice);
        Assert.Equal(before, test.PointerCount(device.Pdo.Address));

        Assert.Equal(NtStatus.Success, pnp.Start(device));
        Assert.Equal(0u, new DeviceNode(test.Memory, device.Node).Problem);
        Assert.Equal(pnp.FunctionDevice!.Value, device.Pdo.AttachedDevice);
        Assert.Equal(before, test.PointerCount(device.Pdo.Address));
        Assert.True(other.IsStarted);
    }

    [Fact]
    [Trait("Spec", "T-83")]
    public void A_disabled_device_that_is_unplugged_gets_a_second_remove_and_its_PDO_goes()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        pnp.Remove(device);
        pnp.PullOut(device);
        Assert.Equal(["QueryRemoveDevice", "RemoveDevice"], Removals(pnp));
        Assert.Equal(
            2, test.Kernel.Trace.Of<IrpRecord>().Count(i => i.Step == IrpStep.Sent && i.Device == device.Pdo.Address && i.Minor == (byte)PnpMinor.RemoveDevice));
        Assert.False(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
    }

    [Fact]
    [Trait("Spec", "T-85")]
    [Trait("Spec", "T-89")]
    public void The_last_device_takes_its_driver_along()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var seen = (Irql.High, VirtualAddress.Null);
        pnp.Driver.Unload = () =>
        {
            seen = (test.Kernel.Ke.CurrentIrql, test.Kernel.CurrentThread.Process);
            return GuestTask.CompletedTask;
        };
        pnp.Remove(pnp.PlugIn());
        Assert.Equal((Irql.Passive, test.Kernel.Ps.SystemProcess), seen);
        Assert.Equal(Attempter.Pnp, test.Kernel.Trace.Of<UnloadRecord>().First(u => u.Step == UnloadStep.Invoked).By);
        Assert.False(pnp.Driver.IsImageLoaded);
        Assert.Null(test.Kernel.Io.FindDriver(pnp.Driver.ServiceKey));
        Assert.NotNull(test.Kernel.Cm.FindKey(pnp.Driver.ServiceKey));
    }

    [Fact]
    [Trait("Spec", "T-86")]
    public void A_driver_with_another_device_is_not_unloaded()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var (first, second) = (pnp.PlugIn(1), pnp.PlugIn(2));
        pnp.Remove(first);
        Assert.False(pnp.Driver.WasUnloaded);
        pnp.Remove(second);
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "T-87")]
    public void A_control_device_that_stays_keeps_its_driver()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "hybrid");
        pnp.Driver.CreateDevice("HybridControl");
        pnp.Remove(pnp.PlugIn());
        Assert.False(pnp.Driver.WasUnloaded);
        Assert.Equal(NtStatus.InvalidDeviceRequest, pnp.Driver.Stop());
        Assert.True(pnp.Driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-77")]
    public void The_function_device_stands_on_the_PDO()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var function = pnp.FunctionDevice!.Value;
        Assert.Equal(function, device.Pdo.AttachedDevice);
        Assert.Equal(device.Pdo, function.DeviceObjectExtension!.Value.AttachedTo);
        Assert.Equal(device.Pdo.StackSize + 1, function.StackSize);
        Assert.Null(function.DeviceObjectExtension!.Value.DeviceNode);
        Assert.Equal(device.Node, device.Pdo.DeviceObjectExtension!.Value.DeviceNode!.Value.Address);
    }

    [Fact]
    public void A_failed_AddDevice_is_followed_by_an_unload_attempt()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        pnp.OnAdd = _ => NtStatus.InsufficientResources;
        var device = pnp.Arrive();
        Assert.Equal(NtStatus.InsufficientResources, pnp.Start(device));
        Assert.Empty(Removals(pnp));
        Assert.Equal(31u, new DeviceNode(test.Memory, device.Node).Problem);
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    public void A_device_that_reports_its_failure_is_removed_by_surprise_and_keeps_its_PDO()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        pnp.DeviceState = 4;
        test.CallNow("IoInvalidateDeviceState", device.Pdo.Address.Value);
        test.RunUntilIdle();
        Assert.Equal(["SurpriseRemoval", "RemoveDevice"], Removals(pnp));
        Assert.Equal(43u, new DeviceNode(test.Memory, device.Node).Problem);
        Assert.True(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
        Assert.False(device.IsDeleted);
    }

    [Fact]
    public void Pulling_a_device_out_leaves_nothing_of_the_bus_behind()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var bus = test.Kernel.Pnp.Bus.Driver;
        var before = test.PointerCount(bus.Address);
        pnp.PullOut(pnp.PlugIn());
        Assert.Equal(before, test.PointerCount(bus.Address));
        Assert.Null(bus.DeviceObject);
        Assert.Empty(test.Kernel.Pnp.Root.Children);
    }

    [Fact]
    [Trait("Spec", "T-90")]
    public void A_device_that_deletes_itself_below_a_filter_lives_until_the_filter_detaches()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var attached = test.Run(async _ =>
        {
            var filter = new LabFilter(test.Kernel);
            await filter.Initialize();
            return await filter.Attach(device.Pdo);
        });
        Assert.Equal(pnp.FunctionDevice!.Value, attached.Device!.Value.DeviceObjectExtension!.Value.AttachedTo);
        var atDelete = (Alive: false, Above: default(DeviceObject?), Flags: DeviceObjectExtensionFlags.None);
        pnp.OnDeleted = deleted => atDelete =
            (test.Kernel.Ob.IsAlive(deleted.Address, ObjectKind.Device), deleted.AttachedDevice, deleted.ExtensionFlags());
        var function = pnp.FunctionDevice!.Value;
        Assert.Equal(NtStatus.Success, pnp.Remove(device));
        Assert.True(atDelete.Alive);
        Assert.Equal(attached.Device, atDelete.Above);
        Assert.True((atDelete.Flags & DeviceObjectExtensionFlags.DeletePending) != 0);
        Assert.False(test.Kernel.Ob.IsAlive(function.Address, ObjectKind.Device));
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "T-91")]
    public void Between_the_query_and_the_removal_an_open_is_the_drivers_to_refuse()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        test.Run(_ => test.Kernel.Pnp.SendPnp(device, PnpMinor.QueryRemoveDevice));
        var app = new TestApplication(test);
        Assert.Equal(NtStatus.Success, app.Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!).Status);
        Assert.Contains("Create", pnp.Driver.Log);
        pnp.Driver.Dispatch = (irp, _) => pnp.Driver.Complete(irp, NtStatus.DeletePending);
        Assert.Equal(NtStatus.DeletePending, app.Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!).Status);
    }

    [Theory]
    [Trait("Spec", "T-96")]
    [InlineData(true, 0x242UL)]
    [InlineData(false, 0x241UL)]
    public void Driver_Verifier_forbids_deleting_and_detaching_in_surprise_removal(bool deletes, ulong rule)
    {
        using var test = KernelTest.Boot(new MachineOptions { Verifier = true });
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        pnp.OnSurprise = async (function, lower) =>
        {
            if (deletes)
                await test.Call("IoDeleteDevice", function.Address.Value);
            else
                await test.Call("IoDetachDevice", lower.Address.Value);
        };
        test.Kernel.Pnp.Bus.Unplug(device.Pdo);
        var stop = test.RunToBugCheck(_ => test.Kernel.Pnp.SurpriseRemove(device));
        Assert.Equal((0xC9u, rule), ((uint)stop.Code, stop.Parameter1));
    }

    [Fact]
    public void A_driver_may_ask_for_its_device_to_be_ejected()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        test.CallNow("IoRequestDeviceEject", device.Pdo.Address.Value);
        test.RunUntilIdle();
        Assert.Equal(["QueryRemoveDevice", "RemoveDevice"], Removals(pnp));
        Assert.Equal(47u, new DeviceNode(test.Memory, device.Node).Problem);
        Assert.Equal(
            (byte)PnpMinor.Eject,
            test.Kernel.Trace.Of<IrpRecord>().Last(i => i.Step == IrpStep.Sent && i.Device == device.Pdo.Address).Minor);
        Assert.True(pnp.Driver.WasUnloaded);
    }

    private static IEnumerable<string> Removals(PnpTestDriver driver) => driver.Log.Where(_removal.Contains);
}

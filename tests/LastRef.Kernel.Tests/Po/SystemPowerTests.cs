using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class SystemPowerTests
{
    [Fact]
    public void Sleep_asks_first_and_goes_from_the_leaves_to_the_root_and_back()
    {
        using var test = KernelTest.Boot();
        var (bus, device, child) = Bus(test);
        var seen = Watch(test, bus, child);
        Assert.Equal(NtStatus.Success, test.Run(_ => test.Kernel.Po.Sleep()));
        Assert.Equal(["child query 4", "bus query 4", "child set 4", "bus set 4"], seen);
        Assert.True(test.Kernel.Po.IsAsleep);
        seen.Clear();
        Assert.Equal(NtStatus.Success, test.Run(_ => test.Kernel.Po.Resume()));
        Assert.Equal(["bus set 1", "child set 1"], seen);
        Assert.False(test.Kernel.Po.IsAsleep);
        Assert.Equal(NtStatus.InvalidDeviceRequest, test.Run(_ => test.Kernel.Po.Resume()));
        Assert.True(device.IsStarted);
        Assert.Equal(NtStatus.Success, bus.Remove(device));
    }

    [Fact]
    public void A_driver_that_refuses_to_sleep_keeps_the_system_awake()
    {
        using var test = KernelTest.Boot();
        var (bus, _, child) = Bus(test);
        var seen = Watch(test, bus, child, refuses: true);
        Assert.Equal(NtStatus.PowerStateInvalid, test.Run(_ => test.Kernel.Po.Sleep()));
        Assert.Equal(["child query 4", "bus query 4", "bus set 1", "child set 1"], seen);
        Assert.False(test.Kernel.Po.IsAsleep);
    }

    [Fact]
    [Trait("Spec", "U-5.45")]
    public void A_device_lost_while_the_system_slept_is_removed_by_surprise_on_resume()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        pnp.Log.Clear();
        test.Run(_ => test.Kernel.Po.Sleep());
        test.Kernel.Pnp.Bus.Unplug(device.Pdo);
        test.RunUntilIdle();
        Assert.DoesNotContain("SurpriseRemoval", pnp.Log);
        test.Run(_ => test.Kernel.Po.Resume());
        test.RunUntilIdle();
        Assert.Equal(["SurpriseRemoval", "RemoveDevice"], pnp.Log.Where(l => l is "SurpriseRemoval" or "RemoveDevice" or "QueryRemoveDevice"));
        Assert.False(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "U-5.45")]
    public void A_child_that_its_bus_lost_in_the_night_is_found_missing_on_resume()
    {
        using var test = KernelTest.Boot();
        var (bus, device, child) = Bus(test);
        test.Run(_ => test.Kernel.Po.Sleep());
        bus.Retract(child);
        test.Run(_ => test.Kernel.Po.Resume());
        test.RunUntilIdle();
        Assert.Contains("child:SurpriseRemoval", bus.Log);
        Assert.Empty(device.Children);
        Assert.True(device.IsStarted);
    }

    [Fact]
    public void A_power_policy_owner_moves_its_device_with_the_system()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var states = new List<(uint Type, uint State)>();
        pnp.OnOther = async (irp, location) =>
        {
            if (location.MajorFunction == IrpMajor.Power && (PowerMinor)location.MinorFunction == PowerMinor.SetPower)
            {
                states.Add((location.PowerType, location.PowerState));
                if (location.PowerType == 0)
                    await test.Call("PoRequestPowerIrp", device.Pdo.Address.Value, 2, location.PowerState == 1 ? 1UL : 4, 0, 0, 0);
            }

            return await pnp.Driver.Complete(irp, NtStatus.Success);
        };
        test.Run(_ => test.Kernel.Po.Sleep());
        test.RunUntilIdle();
        test.Run(_ => test.Kernel.Po.Resume());
        test.RunUntilIdle();
        Assert.Equal([(0u, 4u), (1u, 4u), (0u, 1u), (1u, 1u)], states);
    }

    [Fact]
    [Trait("Spec", "T-94")]
    [Trait("Spec", "U-3.7")]
    public void A_shutdown_unloads_nobody()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var legacy = TestDriver.Load(test, "legacy");
        var control = legacy.CreateDevice("Legacy");
        test.Status("IoRegisterShutdownNotification", control.Address.Value);
        var powers = new List<(uint, uint)>();
        pnp.OnOther = (irp, location) =>
        {
            if (location.MajorFunction == IrpMajor.Power)
                powers.Add((location.PowerState, location.PowerShutdownType));
            return pnp.Driver.Complete(irp, NtStatus.Success);
        };
        Assert.Equal(NtStatus.Success, test.Run(_ => test.Kernel.Po.Shutdown()));
        test.RunUntilIdle();
        Assert.Contains("Shutdown", legacy.Log);
        Assert.Equal([(6u, 4u)], powers);
        Assert.False(legacy.WasUnloaded);
        Assert.False(pnp.Driver.WasUnloaded);
        Assert.DoesNotContain("RemoveDevice", pnp.Log);
        Assert.True(device.IsStarted);
    }

    private static (PnpTestDriver Bus, PnpDevice Device, DeviceObject Child) Bus(KernelTest test)
    {
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        var child = bus.Report("a");
        Assert.Equal(NtStatus.Success, bus.Start(device));
        return (bus, device, child);
    }

    private static List<string> Watch(KernelTest test, PnpTestDriver bus, DeviceObject child, bool refuses = false)
    {
        var seen = new List<string>();
        bus.OnOther = (irp, location) =>
        {
            var isChild = location.DeviceObject!.Value == child;
            var isQuery = (PowerMinor)location.MinorFunction == PowerMinor.QueryPower;
            seen.Add($"{(isChild ? "child" : "bus")} {(isQuery ? "query" : "set")} {location.PowerState}");
            return bus.Driver.Complete(irp, refuses && isQuery && !isChild ? NtStatus.PowerStateInvalid : NtStatus.Success);
        };
        return seen;
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Devices that drivers report, and ejects that they ask for.</summary>
public sealed class ReportedDeviceTests
{
    [Fact]
    public void A_root_device_is_driven_by_who_reported_it_and_goes_with_its_uninstall()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        Assert.Equal(NtStatus.Success, test.Status("IoReportRootDevice", pnp.Driver.Object.Address.Value));
        test.RunUntilIdle();
        var device = Assert.Single(test.Kernel.Pnp.Root.Children);
        Assert.Equal(@"ROOT\function\0000", device.Identity.InstancePath);
        Assert.True(device.IsStarted);
        Assert.True((OperationTests.Node(test, device).Flags & DeviceNodeFlags.MadeUp) != 0);

        // Uninstalling a root-enumerated device takes its PDO too.
        Assert.Equal(NtStatus.Success, OperationTests.Act(test, p => p.Uninstall(device)));
        Assert.False(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
        Assert.True(device.IsDeleted);
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    public void A_detected_device_is_driven_by_its_finder_without_AddDevice()
    {
        using var test = KernelTest.Boot();
        var legacy = TestDriver.Load(test, "finder");
        var pdo = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status(
            "IoReportDetectedDevice", legacy.Object.Address.Value, 0, 0, 0, 0, 0, 1, pdo.Value));
        var device = test.Kernel.Pnp.DeviceOfPdo(test.Memory.ReadPointer(pdo))!;
        Assert.Equal((int)NodeState.Started, OperationTests.Node(test, device).State);
        Assert.DoesNotContain(PnpMinor.StartDevice, OperationTests.SentTo(test, device.Pdo));
        Assert.True((OperationTests.Node(test, device).Flags & DeviceNodeFlags.LegacyDriver) != 0);

        // Its driver is no PnP driver: it cannot be asked.
        Assert.Equal(NtStatus.PlugplayQueryVetoed, OperationTests.Act(test, p => p.Disable(device)));
        var veto = test.Kernel.Trace.Of<VetoRecord>().Last();
        Assert.Equal((1, @"ROOT\finder\0000", "finder"), (veto.VetoType, veto.Name, veto.Owner));
    }

    [Fact]
    public void A_driver_has_one_root_device_however_often_it_reports_it()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(NtStatus.Success, test.Status("IoReportRootDevice", pnp.Driver.Object.Address.Value));
            test.RunUntilIdle();
        }

        Assert.True(Assert.Single(test.Kernel.Pnp.Root.Children).IsStarted);
    }

    [Fact]
    public void A_finder_brings_its_own_pdo_and_the_devices_resources()
    {
        using var test = KernelTest.Boot();
        var finder = TestDriver.Load(test, "finder");
        var pdo = finder.CreateDevice("Found");
        var slot = test.Allocate(8);
        test.Memory.WritePointer(slot, pdo.Address);
        var other = PnpTestDriver.Load(test, "function").Arrive(resources:
            [new DeviceResource(DeviceResourceKind.Port, 0x300, 8), new DeviceResource(DeviceResourceKind.Interrupt, 5, 0)]);
        var before = test.PointerCount(pdo.Address);
        Assert.Equal(NtStatus.Success, test.Status(
            "IoReportDetectedDevice", finder.Object.Address.Value, 0, 0, 0, other.Resources.Raw.Value, 0, 0, slot.Value));
        Assert.Equal(pdo.Address, test.Memory.ReadPointer(slot));
        var device = test.Kernel.Pnp.DeviceOfPdo(pdo.Address)!;
        Assert.Equal((@"ROOT\finder\0000", (int)NodeState.Started), (device.Identity.InstancePath, OperationTests.Node(test, device).State));
        Assert.True((pdo.Flags & DeviceFlags.BusEnumeratedDevice) != 0);
        Assert.Equal(before + 1, test.PointerCount(pdo.Address));
        Assert.Equal([0x300UL, 5UL], device.AssignedResources.Select(r => r.Start));
        Assert.Equal((uint)0xCA, test.RunToBugCheck(_ => test.Call(
            "IoReportDetectedDevice", finder.Object.Address.Value, 0, 0, 0, 0, 0, 0, slot.Value)).Code);
    }

    [Fact]
    [Trait("Spec", "U-6.68")]
    public void The_asker_of_an_eject_hears_how_it_ended_and_is_held_until_then()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var asker = TestDriver.Load(test, "asker");
        var heard = new List<(uint, ulong)>();
        var callback = test.Routine(a =>
        {
            heard.Add(((uint)a[0], a[1]));
            return GuestTask.FromResult(0UL);
        });
        var before = test.PointerCount(asker.Object.Address);
        var held = test.Run(async _ =>
        {
            var irql = await test.Call("KfRaiseIrql", (ulong)Irql.Dispatch);
            var status = await test.Call("IoRequestDeviceEjectEx", device.Pdo.Address.Value, callback.Value, 7, asker.Object.Address.Value);
            var count = test.PointerCount(asker.Object.Address);
            await test.Call("KeLowerIrql", irql);
            return (new NtStatus((int)(uint)status), count);
        });
        Assert.Equal((NtStatus.Pending, before + 1), held);
        test.RunUntilIdle();
        Assert.Equal([(0u, 7UL)], heard);
        Assert.Equal(before, test.PointerCount(asker.Object.Address));
        Assert.Equal(47u, OperationTests.Node(test, device).Problem);
        test.Status("IoRequestDeviceEjectEx", device.Pdo.Address.Value, callback.Value, 8, 0);
        test.RunUntilIdle();
        Assert.Equal(((uint)NtStatus.NoSuchDevice.Value, 8UL), heard[^1]);
    }
}

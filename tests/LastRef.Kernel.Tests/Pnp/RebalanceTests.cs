using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class RebalanceTests
{
    private static readonly PnpMinor[] _stops =
        [PnpMinor.QueryStopDevice, PnpMinor.StopDevice, PnpMinor.CancelStopDevice, PnpMinor.StartDevice, PnpMinor.SurpriseRemoval, PnpMinor.RemoveDevice];

    [Fact]
    [Trait("Spec", "U-5.42")]
    public void A_device_is_asked_stopped_and_started_with_its_new_resources()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.Arrive(resources: [new DeviceResource(DeviceResourceKind.Port, 0x300, 8)]);
        pnp.Start(device);
        var starts = new List<VirtualAddress>();
        pnp.OnStart = location => starts.Add(location.StartAllocatedResources);
        var function = pnp.FunctionDevice!.Value;
        pnp.Log.Clear();
        Assert.Equal(
            NtStatus.Success, OperationTests.Act(test, p => p.Rebalance(device, [new DeviceResource(DeviceResourceKind.Port, 0x340, 8)])));
        Assert.Equal(["QueryStopDevice", "StopDevice", "StartDevice"], pnp.Log.Where(l => _stops.Any(s => s.ToString() == l)));
        Assert.Equal(function, device.Pdo.AttachedDevice);
        var list = new CmPartialResourceDescriptor(test.Memory, Assert.Single(starts) + 0x14);
        Assert.Equal(0x340L, list.Start);
        Assert.Equal(OperationTests.Node(test, device).ResourceList, starts[0]);
        Assert.True(device.IsStarted);
        Assert.Equal((int)NodeState.Started, OperationTests.Node(test, device).State);
    }

    [Fact]
    [Trait("Spec", "U-5.42")]
    public void A_refused_stop_is_cancelled_for_those_who_were_asked()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        bus.Report("a");
        bus.Start(device);
        bus.Answer = minor => minor == PnpMinor.QueryStopDevice ? NtStatus.Unsuccessful : null;
        bus.Log.Clear();
        Assert.Equal(NtStatus.Unsuccessful, OperationTests.Act(test, p => p.Rebalance(device)));
        Assert.Equal(
            ["child:QueryStopDevice", "QueryStopDevice", "CancelStopDevice", "child:CancelStopDevice"],
            bus.Log.Where(l => l.EndsWith("StopDevice", StringComparison.Ordinal)));
        Assert.True(device.IsStarted);
        Assert.Equal((int)NodeState.Started, OperationTests.Node(test, device.Children[0]).State);
    }

    [Fact]
    [Trait("Spec", "U-5.30")]
    [Trait("Spec", "U-5.42")]
    public void A_restart_that_fails_is_a_surprise_removal_that_waits_for_closes()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var app = new TestApplication(test);
        var handle = app.Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!).Handle;
        pnp.Answer = minor => minor == PnpMinor.StartDevice ? NtStatus.InsufficientResources : null;
        pnp.Log.Clear();
        Assert.Equal(NtStatus.InsufficientResources, OperationTests.Act(test, p => p.Rebalance(device)));
        Assert.Equal(
            ["QueryStopDevice", "StopDevice", "StartDevice", "SurpriseRemoval"], pnp.Log.Where(l => _stops.Any(s => s.ToString() == l)));
        Assert.Equal(((int)NodeState.RemovePendingCloses, 10u), (OperationTests.Node(test, device).State, OperationTests.Node(test, device).Problem));
        app.Close(handle);
        Assert.Equal("RemoveDevice", pnp.Log[^1]);
        Assert.Equal((int)NodeState.Removed, OperationTests.Node(test, device).State);
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    public void Drivers_filter_the_requirements_and_the_device_gets_what_is_left()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        pnp.OnFilter = list =>
        {
            Assert.Equal((1u, 2u), (list.AlternativeLists, list.FirstList[0].Count));
            list.FirstList[0].Descriptors[0].SetMinimumAddress(test.Memory, 0x500);
            list.FirstList[0].Descriptors[0].SetMaximumAddress(test.Memory, 0x507);
        };
        var device = pnp.Arrive(resources:
            [new DeviceResource(DeviceResourceKind.Port, 0x300, 8), new DeviceResource(DeviceResourceKind.Interrupt, 5, 0)]);
        pnp.Start(device);
        Assert.Contains("FilterResourceRequirements", pnp.Log);
        Assert.Equal([0x500UL, 5UL], device.AssignedResources.Select(r => r.Start));
        Assert.False(OperationTests.Node(test, device).ResourceRequirements.IsNull);
        var length = test.Allocate(4);
        Assert.Equal(NtStatus.BufferTooSmall, test.Status("IoGetDeviceProperty", device.Pdo.Address.Value, 20, 0, 0, length.Value));
        Assert.Equal(
            new IoResourceRequirementsList(test.Memory, OperationTests.Node(test, device).ResourceRequirements).ListSize, test.Memory.ReadUInt32(length));
    }

    [Fact]
    public void New_requirements_stop_and_restart_the_device()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        pnp.DeviceState = (ulong)PnpDeviceState.ResourceRequirementsChanged;
        pnp.Log.Clear();
        test.CallNow("IoInvalidateDeviceState", device.Pdo.Address.Value);
        test.RunUntilIdle();
        Assert.Equal(["QueryStopDevice", "StopDevice", "StartDevice"], pnp.Log.Where(l => _stops.Any(s => s.ToString() == l)));
        Assert.True(device.IsStarted);
    }
}

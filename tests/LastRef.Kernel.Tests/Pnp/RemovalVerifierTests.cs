using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Driver Verifier's checks of removals (8.3, 0xC9).</summary>
public sealed class RemovalVerifierTests
{
    [Fact]
    [Trait("Spec", "T-95")]
    public void Deleting_and_detaching_twice_stop_the_machine()
    {
        using (var test = KernelTest.Boot())
        {
            var device = TestDriver.Load(test, "driver").CreateDevice("Twice");
            new TestApplication(test).OpenDevice("Twice");
            var stop = test.RunToBugCheck(async _ =>
            {
                await test.Call("IoDeleteDevice", device.Address.Value);
                await test.Call("IoDeleteDevice", device.Address.Value);
            });
            Assert.Equal((0xC9u, 0x240UL, device.Address.Value), (stop.Code, stop.Parameter1, stop.Parameter2));
        }

        using (var test = KernelTest.Boot())
        {
            var driver = TestDriver.Load(test, "driver");
            var (lower, upper) = (driver.CreateDevice(null), driver.CreateDevice(null));
            var stop = test.RunToBugCheck(async _ =>
            {
                await test.Call("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value);
                await test.Call("IoDetachDevice", lower.Address.Value);
                await test.Call("IoDetachDevice", lower.Address.Value);
            });
            Assert.Equal((0xC9u, 0x202UL), (stop.Code, stop.Parameter1));
        }
    }

    [Theory]
    [InlineData(false, true, 0x201UL)]
    [InlineData(true, false, 0x21EUL)]
    [InlineData(false, false, 0x21DUL)]
    public void What_REMOVE_leaves_is_noted_and_the_run_goes_on(bool detaches, bool deletes, ulong rule)
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var function = pnp.FunctionDevice!.Value;
        pnp.OnRemove = (detaches, deletes);
        Assert.Equal(NtStatus.Success, pnp.Remove(device));
        var record = test.Kernel.Trace.Of<VerifierRecord>().First();
        Assert.Equal((0xC9u, rule, function.Address), (record.Code, record.Rule, record.Object));
        Assert.Null(test.Kernel.Stop);
    }

    [Fact]
    public void Without_the_verifier_nothing_is_noted_and_nothing_stops()
    {
        using var test = KernelTest.Boot(new MachineOptions { Verifier = false });
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        pnp.OnRemove = (true, false);
        pnp.Remove(device);
        var second = pnp.PlugIn(2);
        pnp.OnSurprise = async (_, lower) => await test.Call("IoDetachDevice", lower.Address.Value);
        pnp.PullOut(second);
        Assert.Empty(test.Kernel.Trace.Of<VerifierRecord>());
        Assert.Null(test.Kernel.Stop);
    }

    [Fact]
    [Trait("Spec", "U-4.38")]
    public void A_bus_that_deletes_a_child_that_it_reports_is_stopped()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        var child = bus.Report("a");
        bus.Start(device);
        var stop = test.RunToBugCheck(async _ => await test.Call("IoDeleteDevice", child.Address.Value));
        Assert.Equal((0xC9u, 0x221UL, child.Address.Value), (stop.Code, stop.Parameter1, stop.Parameter2));
    }

    [Fact]
    [Trait("Spec", "U-5.74")]
    public void A_bus_that_deletes_its_children_when_it_is_removed_is_right()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        var child = bus.Report("a");
        bus.Start(device);
        bus.OnDeletedAsync = async _ => await test.Call("IoDeleteDevice", child.Address.Value);
        Assert.Equal(NtStatus.Success, bus.Remove(device));
        Assert.Null(test.Kernel.Stop);
        Assert.True(bus.Driver.WasUnloaded);
    }

    [Theory]
    [InlineData(false, 0x222UL)]
    [InlineData(true, 0x223UL)]
    public void A_bus_filter_stays_on_a_PDO_that_stays(bool deletes, ulong rule)
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.Arrive();
        var filter = TestDriver.Load(test, "busfilter");
        var attached = filter.CreateDevice(null);
        test.CallNow("IoAttachDeviceToDeviceStack", attached.Address.Value, device.Pdo.Address.Value);
        filter.Dispatch = async (irp, location) =>
        {
            var isRemove = location.MajorFunction == IrpMajor.Pnp && (PnpMinor)location.MinorFunction == PnpMinor.RemoveDevice;
            irp.SetCurrentLocation(test.Memory, (sbyte)(irp.CurrentLocation + 1));
            irp.SetCurrentStackLocation(test.Memory, new IoStackLocation(test.Memory, location.Address + IoStackLocation.SizeOf(test.Memory.Layout)));
            var status = await test.Kernel.Io.IofCallDriver(device.Pdo, irp);
            if (isRemove)
                await test.Call(deletes ? "IoDeleteDevice" : "IoDetachDevice", deletes ? attached.Address.Value : device.Pdo.Address.Value);
            return status;
        };
        Assert.Equal(NtStatus.Success, pnp.Start(device));
        var stop = test.RunToBugCheck(_ => test.Kernel.Pnp.QueryAndRemove(device));
        Assert.Equal((0xC9u, rule), (stop.Code, stop.Parameter1));
    }

    [Fact]
    [Trait("Spec", "T-74")]
    [Trait("Spec", "U-5.35")]
    public void A_request_completed_as_delete_pending_is_access_denied_to_its_application()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        Irp? queued = null;
        pnp.OnOther = (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.Read)
                return pnp.Driver.Complete(irp, NtStatus.Success);
            queued = irp;
            location.SetControl(test.Memory, location.Control | StackLocationControl.PendingReturned);
            return GuestTask.FromResult(NtStatus.Pending);
        };
        pnp.OnSurprise = async (_, _) => await pnp.Driver.Complete(queued!.Value, NtStatus.DeletePending);
        var app = new TestApplication(test);
        var handle = app.Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!, synchronous: false).Handle;
        var read = test.Run(_ => test.Kernel.Io.Read(app.Process, handle, 16));
        Assert.Equal(NtStatus.Pending, read.Status);
        pnp.PullOut(device);
        var result = test.Run(_ => test.Kernel.Io.WaitFor(read.Pending!));
        Assert.Equal(NtStatus.DeletePending, result.Status);
        Assert.Equal(5, test.Int("RtlNtStatusToDosError", result.Status.Code));
        Assert.Equal(["SurpriseRemoval"], pnp.Log.Where(l => l is "SurpriseRemoval" or "RemoveDevice"));
    }
}

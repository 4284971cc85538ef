using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Attempts that are refused, and what holds an image after DriverUnload (spec 10.2, 10.3).</summary>
public sealed class AttemptTests
{
    [Fact]
    [Trait("Spec", "T-20")]
    public void A_driver_without_an_unload_routine_refuses_and_runs_on()
    {
        using var test = KernelTest.Boot();
        var (driver, _) = TestDriver.TryLoadBare(test, "driver", driver =>
        {
            driver.SetRoutines();
            driver.Object.SetDriverUnload(test.Memory, VirtualAddress.Null);
            return GuestTask.FromResult(NtStatus.Success);
        });
        var device = driver.CreateDevice("Device");
        var flags = driver.Object.Flags;
        Assert.Equal(NtStatus.InvalidDeviceRequest, test.Status("ZwUnloadDriver", test.Text(driver.ServiceKey)));
        Assert.Equal((flags, DeviceObjectExtensionFlags.None), (driver.Object.Flags, device.ExtensionFlags()));
        Assert.True(driver.IsImageLoaded);
        new TestApplication(test).OpenDevice("Device");
        Assert.Equal(["Create"], driver.Log);
    }

    [Fact]
    [Trait("Spec", "T-21")]
    public void A_pnp_driver_refuses_the_service_control_manager()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        Assert.Equal(NtStatus.InvalidDeviceRequest, test.Status("ZwUnloadDriver", test.Text(pnp.Driver.ServiceKey)));
        Assert.True(pnp.Driver.IsImageLoaded);
        Assert.False(pnp.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "T-22")]
    public void A_service_key_that_is_missing_unloads_nothing()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status("ZwUnloadDriver", test.Text(IoManager.ServicesKey + @"\nobody")));
    }

    [Fact]
    [Trait("Spec", "T-23")]
    [Trait("Spec", "U-3.8")]
    public void A_hybrid_whose_control_device_was_open_at_the_last_removal_gets_no_second_attempt_at_the_close()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var control = pnp.Driver.CreateDevice("Control");
        var device = pnp.PlugIn();
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Control");
        pnp.OnDeleted = _ => test.Kernel.Scheduler.Detach(DeleteControl());
        Assert.Equal(NtStatus.Success, pnp.Remove(device));
        Assert.False(pnp.Driver.WasUnloaded);
        Assert.Equal(DeviceObjectExtensionFlags.DeletePending, control.ExtensionFlags() & DeviceObjectExtensionFlags.DeletePending);
        application.Close(handle);
        Assert.Null(pnp.Driver.Object.DeviceObject);
        Assert.False(pnp.Driver.WasUnloaded);
        pnp.OnDeleted = _ => { };
        Assert.Equal(NtStatus.Success, pnp.Remove(pnp.PlugIn(1))); // the next PnP event of a device of its own
        Assert.True(pnp.Driver.WasUnloaded);
        Assert.False(pnp.Driver.IsImageLoaded);

        async GuestTask DeleteControl() => await test.Call("IoDeleteDevice", control.Address.Value);
    }

    [Fact]
    [Trait("Spec", "T-36")]
    public void An_attempt_from_within_DriverUnload_finds_the_driver_going()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var inner = NtStatus.Success;
        driver.Unload = async () => inner = new NtStatus((int)(uint)await test.Call("ZwUnloadDriver", test.Text(driver.ServiceKey)));
        Assert.Equal(NtStatus.Success, driver.Stop());
        Assert.Equal(NtStatus.DeletePending, inner);
        Assert.Single(driver.Log);
    }

    [Fact]
    [Trait("Spec", "T-52")]
    [Trait("Spec", "T-59")]
    public void A_notification_holds_the_driver_object_once_and_its_image_when_forgotten()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var before = test.PointerCount(driver.Object.Address);
        var kept = Register();
        Assert.Equal(before + 1, test.PointerCount(driver.Object.Address));
        var second = Register();
        Assert.Equal(before + 2, test.PointerCount(driver.Object.Address));
        Assert.Equal(NtStatus.Success, test.Status("IoUnregisterPlugPlayNotificationEx", second));
        Assert.Equal(before + 1, test.PointerCount(driver.Object.Address));
        Assert.NotEqual(0UL, kept);
        Assert.Equal(NtStatus.Success, driver.Stop());
        Assert.True(driver.WasUnloaded);
        Assert.True(driver.IsImageLoaded);
        Assert.Equal(1, test.PointerCount(driver.Object.Address));

        ulong Register()
        {
            const ulong interfaceChange = 2;
            var entry = test.Allocate(8);
            Assert.Equal(
                NtStatus.Success,
                test.Status(
                    "IoRegisterPlugPlayNotification", interfaceChange, 0, test.Allocate(16).Value, driver.Object.Address.Value, test.Code(0xC3).Value, 0,
                    entry.Value));
            return test.Value(entry);
        }
    }

    [Theory]
    [Trait("Spec", "T-55")]
    [InlineData("IoCreateSystemThread", true)]
    [InlineData("PsCreateSystemThread", false)]
    public void A_thread_keeps_the_image_only_when_it_was_made_for_the_driver(string routine, bool keeps)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var (handle, gate) = (test.Allocate(8).Value, test.Kernel.Ke.CreateEvent(synchronization: false));
        var work = test.Routine(async _ =>
        {
            await test.Kernel.Ke.Wait(gate);
            return 0;
        });
        ulong[] arguments = [handle, 0x1FFFFF, 0, 0, 0, work.Value, 0];
        Assert.Equal(NtStatus.Success, test.Status(routine, keeps ? [driver.Object.Address.Value, .. arguments] : arguments));
        Assert.Equal(NtStatus.Success, driver.Stop());
        Assert.True(driver.WasUnloaded);
        Assert.Equal(keeps, driver.IsImageLoaded);
        test.Kernel.Ke.Signal(gate, 1);
        test.RunUntilIdle();
        Assert.False(driver.IsImageLoaded);
    }

    [Theory]
    [Trait("Spec", "T-58")]
    [Trait("Spec", "U-3.86")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_set_timer_does_not_hold_the_image_and_driver_verifier_stops_at_it(bool verifier)
    {
        using var test = KernelTest.Boot(new MachineOptions { Verifier = verifier });
        var driver = TestDriver.Load(test, "driver");
        var timer = driver.Code(_ => GuestTask.FromResult(0UL)).Value & ~0xFUL; // somewhere in the image
        test.CallNow("KeInitializeTimer", timer);
        test.CallNow("KeSetTimer", timer, unchecked((ulong)-600_000_000L), 0);
        if (!verifier)
        {
            Assert.Equal(NtStatus.Success, test.Run(_ => test.Kernel.Io.UnloadDriver(driver.ServiceKey, Attempter.Scm)));
            Assert.True(driver.WasUnloaded);
            Assert.False(driver.IsImageLoaded);
            return;
        }

        var stop = test.RunToBugCheck(async _ => await test.Kernel.Io.UnloadDriver(driver.ServiceKey, Attempter.Scm));
        Assert.Equal((0xC7u, 0UL, timer), (stop.Code, stop.Parameter1, stop.Parameter2));
    }
}

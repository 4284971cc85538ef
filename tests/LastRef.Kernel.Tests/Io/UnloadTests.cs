using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class UnloadTests
{
    [Fact]
    [Trait("Spec", "T-24")]
    [Trait("Spec", "T-35")]
    public void An_open_handle_defers_unload_and_marks_every_device()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var (first, second) = (driver.CreateDevice("First"), driver.CreateDevice("Second"));
        new TestApplication(test).OpenDevice("First");
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Equal(NtStatus.Success, driver.Stop());
            Assert.False(driver.WasUnloaded);
            Assert.Equal(DeviceObjectExtensionFlags.UnloadPending, first.ExtensionFlags());
            Assert.Equal(DeviceObjectExtensionFlags.UnloadPending, second.ExtensionFlags());
        }
    }

    [Fact]
    [Trait("Spec", "T-33")]
    public void Closing_the_handle_that_deferred_it_sends_cleanup_and_close_and_then_unloads()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device");
        driver.Stop();
        application.Close(handle);
        Assert.Equal(["Create", "Cleanup", "Close", "Unload"], driver.Log);
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-34")]
    public void A_request_that_the_driver_keeps_defers_unload_after_the_handle_is_closed()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        Irp? kept = null;
        driver.Dispatch = (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return driver.Complete(irp, NtStatus.Success);
            kept = irp;
            return GuestTask.FromResult(driver.Pend(location));
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device", synchronous: false);
        Assert.Equal(NtStatus.Pending, application.Control(handle, 0x22_2000, [1], 4).Status);
        driver.Stop();
        application.Close(handle);
        Assert.Equal(["Create", "DeviceControl", "Cleanup"], driver.Log);
        test.Run(async _ => await driver.Complete(kept!.Value, NtStatus.Cancelled));
        test.RunUntilIdle();
        Assert.Equal(["Create", "DeviceControl", "Cleanup", "Close", "Unload"], driver.Log);
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-25")]
    [Trait("Spec", "T-26")]
    public void A_device_attached_above_defers_unload_until_it_detaches()
    {
        using var test = KernelTest.Boot();
        var (lowerDriver, upperDriver) = (TestDriver.Load(test, "lower"), TestDriver.Load(test, "upper"));
        var (lower, upper) = (lowerDriver.CreateDevice("Lower"), upperDriver.CreateDevice(null));
        test.CallNow("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value);
        Assert.Equal(NtStatus.Success, lowerDriver.Stop());
        Assert.False(lowerDriver.WasUnloaded);
        Assert.Equal(DeviceObjectExtensionFlags.UnloadPending, lower.ExtensionFlags());
        Assert.Equal(0, lower.ReferenceCount);
        Assert.Equal(upper, lower.AttachedDevice);
        test.CallNow("IoDetachDevice", lower.Address.Value);
        test.RunUntilIdle();
        Assert.True(lowerDriver.WasUnloaded);
        Assert.False(lowerDriver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-27")]
    [Trait("Spec", "T-28")]
    public void A_device_below_does_not_defer_and_unload_sees_flags_13()
    {
        using var test = KernelTest.Boot();
        var (lowerDriver, upperDriver) = (TestDriver.Load(test, "lower"), TestDriver.Load(test, "upper"));
        var (lower, upper) = (lowerDriver.CreateDevice("Lower"), upperDriver.CreateDevice(null));
        test.CallNow("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value);
        var seen = new List<object?>();
        upperDriver.Unload = async () =>
        {
            seen.AddRange([(uint)upperDriver.Object.Flags, upper.ExtensionFlags(), upper.ReferenceCount, upper.DeviceObjectExtension!.Value.AttachedTo]);
            await test.Call("IoDetachDevice", lower.Address.Value);
            await upperDriver.DeleteAllDevices();
        };
        Assert.Equal(NtStatus.Success, upperDriver.Stop());
        Assert.Equal([0x13u, DeviceObjectExtensionFlags.UnloadPending, 0, lower], seen);
        Assert.False(upperDriver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-40")]
    public void A_driver_attached_to_its_own_device_waits_for_its_own_detach()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var (lower, upper) = (driver.CreateDevice("Lower"), driver.CreateDevice(null));
        test.CallNow("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value);
        driver.Stop();
        Assert.False(driver.WasUnloaded);
        test.CallNow("IoDetachDevice", lower.Address.Value);
        test.RunUntilIdle();
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-31")]
    public void A_device_that_is_about_to_unload_cannot_be_opened()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("First");
        driver.CreateDevice("Second");
        var application = new TestApplication(test);
        application.OpenDevice("First");
        driver.Stop();
        Assert.Equal(NtStatus.NoSuchDevice, application.Open(@"\Device\Second").Status);
    }

    [Fact]
    [Trait("Spec", "T-41")]
    public void A_work_item_that_is_not_queued_does_not_hold_the_driver()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        var item = test.CallNow("IoAllocateWorkItem", device.Address.Value);
        driver.Unload = async () =>
        {
            await test.Call("IoFreeWorkItem", item);
            await driver.DeleteAllDevices();
        };
        driver.Stop();
        Assert.True(driver.WasUnloaded);
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-54")]
    public void A_work_item_that_runs_holds_the_image_and_not_the_call_of_unload()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        var go = test.Kernel.Ke.CreateEvent(synchronization: false);
        var item = test.CallNow("IoAllocateWorkItem", device.Address.Value);
        var routine = test.Routine(async arguments =>
        {
            driver.Log.Add("Work");
            await test.Call("KeWaitForSingleObject", go.Value, 0, 0, 0, 0);
            return 0;
        });
        test.CallNow("IoQueueWorkItem", item, routine.Value, 1, 0);
        test.RunUntilIdle();
        driver.Stop();
        Assert.Equal(["Work", "Unload"], driver.Log);
        Assert.True(driver.IsImageLoaded);
        Assert.Null(driver.Object.DeviceObject);
        test.CallNow("KeSetEvent", go.Value, 0, 0);
        test.RunUntilIdle();
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-44")]
    public void A_registered_file_system_defers_unload_until_it_is_unregistered()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Fs");
        test.CallNow("IoRegisterFileSystem", device.Address.Value);
        Assert.Equal(1, device.ReferenceCount);
        driver.Stop();
        Assert.False(driver.WasUnloaded);
        test.CallNow("IoUnregisterFileSystem", device.Address.Value);
        test.RunUntilIdle();
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-50")]
    public void A_driver_that_deletes_its_devices_leaves_memory()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("First");
        driver.CreateDevice("Second");
        Assert.Equal(NtStatus.Success, driver.Stop());
        Assert.False(driver.IsImageLoaded);
        Assert.Contains(test.Kernel.Images.Unloaded, i => i.FileName == driver.FileName);
        Assert.Null(test.Kernel.Io.FindDriver(driver.ServiceKey));
    }

    [Fact]
    [Trait("Spec", "T-51")]
    public void A_forgotten_device_holds_the_image_by_one_reference()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("First");
        var second = driver.CreateDevice("Second");
        driver.Unload = async () => await test.Call("IoDeleteDevice", second.Address.Value);
        driver.Stop();
        Assert.Equal(["Unload"], driver.Log);
        Assert.True(driver.IsImageLoaded);
        Assert.Equal(1, test.PointerCount(driver.Object.Address));
    }

    [Fact]
    [Trait("Spec", "T-53")]
    public void A_deleted_device_that_a_third_driver_references_holds_the_image()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        test.CallNow("IoGetAttachedDeviceReference", device.Address.Value);
        driver.Stop();
        Assert.True(driver.IsImageLoaded);
        Assert.Null(driver.Object.DeviceObject);
        Assert.Equal(1, test.PointerCount(driver.Object.Address));
        test.Run(_ => test.Kernel.Ob.Dereference(device.Address, ReferenceCause.AttachedDeviceReference));
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-56")]
    public void A_completion_routine_that_holds_its_driver_keeps_the_image_until_it_has_run()
    {
        using var test = KernelTest.Boot();
        var (lowerDriver, driver) = (TestDriver.Load(test, "lower"), TestDriver.Load(test, "driver"));
        var (lower, device) = (lowerDriver.CreateDevice("Lower"), driver.CreateDevice("Device"));
        Irp? kept = null;
        lowerDriver.Dispatch = (irp, location) =>
        {
            kept = irp;
            return GuestTask.FromResult(lowerDriver.Pend(location));
        };
        var completion = test.Routine(arguments =>
        {
            driver.Log.Add("Completion");
            return GuestTask.FromResult(0xC000_0016UL);
        });
        test.Run(async _ =>
        {
            var irp = await test.Call("IoAllocateIrp", (ulong)lower.StackSize, 0);
            await test.Call("IoSetCompletionRoutineEx", device.Address.Value, irp, completion.Value, 0, 1, 1, 1);
            test.Kernel.Io.NextLocation(new Irp(test.Memory, new VirtualAddress(irp))).SetMajorFunction(test.Memory, IrpMajor.Read);
            await test.Call("IofCallDriver", lower.Address.Value, irp);
        });
        driver.Stop();
        Assert.Equal(["Unload"], driver.Log);
        Assert.True(driver.IsImageLoaded);
        test.Run(async _ => await lowerDriver.Complete(kept!.Value, NtStatus.Success));
        test.RunUntilIdle();
        Assert.Equal(["Unload", "Completion"], driver.Log);
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-61")]
    public void A_file_system_watcher_holds_its_driver_object_once()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var routine = test.Routine(_ => GuestTask.FromResult(0UL));
        Assert.Equal(NtStatus.Success, test.Status("IoRegisterFsRegistrationChange", driver.Object.Address.Value, routine.Value));
        Assert.Equal(3, test.PointerCount(driver.Object.Address));
        Assert.Equal(NtStatus.DeviceAlreadyAttached, test.Status("IoRegisterFsRegistrationChange", driver.Object.Address.Value, routine.Value));
        Assert.Equal(3, test.PointerCount(driver.Object.Address));
        driver.Stop();
        Assert.True(driver.IsImageLoaded);
        test.CallNow("IoUnregisterFsRegistrationChange", driver.Object.Address.Value, routine.Value);
        test.RunUntilIdle();
        Assert.False(driver.IsImageLoaded);
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Small services of the I/O manager, and forms of routines that differ from others in one point.</summary>
public sealed class SystemTests
{
    [Fact]
    public void The_stack_limits_enclose_the_stack_and_what_remains_of_it()
    {
        using var test = KernelTest.Boot();
        var (low, high) = (test.Allocate(8), test.Allocate(8));
        test.Run(async thread =>
        {
            await test.Call("IoGetStackLimits", low.Value, high.Value);
            Assert.Equal((thread.StackLimit, thread.StackBase), (test.Memory.ReadPointer(low), test.Memory.ReadPointer(high)));
            Assert.Equal(thread.StackBase.Value, await test.Call("IoGetInitialStack"));
            var left = await test.Call("IoGetRemainingStackSize");
            Assert.InRange(left, 0x1000UL, thread.StackBase - thread.StackLimit);
        });
    }

    [Fact]
    public void The_configuration_is_one_structure_that_drivers_count_in()
    {
        using var test = KernelTest.Boot();
        var configuration = new VirtualAddress(test.CallNow("IoGetConfigurationInformation"));
        test.Memory.WriteUInt32(configuration, 3);
        Assert.Equal(configuration.Value, test.CallNow("IoGetConfigurationInformation"));
        Assert.Equal(3u, test.Memory.ReadUInt32(configuration));
        Assert.Equal(0x28u, test.Memory.ReadUInt32(configuration + 0x20));
    }

    [Fact]
    public void The_hardware_description_knows_no_device()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(NtStatus.ObjectNameNotFound, test.Status("IoQueryDeviceDescription", 0, 0, 0, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void A_secure_device_needs_a_descriptor_string()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var result = test.Allocate(8);
        NtStatus Create(string sddl) => test.Status(
            "IoCreateDeviceSecure", driver.Object.Address.Value, 0, test.Text(@"\Device\Secure"), 0x22, 0, 0, test.Text(sddl), 0, result.Value);
        Assert.Equal(NtStatus.InvalidParameter, Create(""));
        Assert.Null(driver.Object.DeviceObject);
        Assert.Equal(NtStatus.Success, Create("D:P(A;;GA;;;SY)"));
        Assert.Equal(driver.Object.DeviceObject!.Value.Address, test.Memory.ReadPointer(result));
    }

    [Fact]
    public void Attaching_by_pointer_says_only_whether_it_worked()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var (lower, upper) = (driver.CreateDevice(null), driver.CreateDevice(null));
        Assert.Equal(NtStatus.Success, test.Status("IoAttachDeviceByPointer", upper.Address.Value, lower.Address.Value));
        Assert.Equal(upper, lower.AttachedDevice);
    }

    [Fact]
    public void An_unprotected_link_leads_like_any_other()
    {
        using var test = KernelTest.Boot();
        TestDriver.Load(test, "driver").CreateDevice("Device");
        Assert.Equal(NtStatus.Success, test.Status("IoCreateUnprotectedSymbolicLink", test.Text(@"\DosDevices\L"), test.Text(@"\Device\Device")));
        Assert.Equal(NtStatus.Success, new TestApplication(test).Open(@"\??\L").Status);
    }

    [Fact]
    [Trait("Spec", "U-6.25")]
    public void A_shutdown_registration_is_taken_back_by_its_own_routine_and_last_chance_comes_last()
    {
        using var test = KernelTest.Boot();
        var (last, first) = (TestDriver.Load(test, "last"), TestDriver.Load(test, "first"));
        var (lastDevice, firstDevice) = (last.CreateDevice(null), first.CreateDevice(null));
        var order = new List<string>();
        last.Dispatch = (irp, _) => Note("last", last, irp);
        first.Dispatch = (irp, _) => Note("first", first, irp);
        test.Status("IoRegisterLastChanceShutdownNotification", lastDevice.Address.Value);
        test.Status("IoRegisterShutdownNotification", firstDevice.Address.Value);
        test.Run(_ => test.Kernel.Io.NotifyShutdown());
        Assert.Equal(["first", "last"], order);
        test.CallNow("IoUnregisterShutdownNotification", firstDevice.Address.Value);
        Assert.Equal(1, test.PointerCount(firstDevice.Address));
        test.Run(_ => test.Kernel.Io.NotifyShutdown());
        Assert.Equal(["first", "last", "last"], order);

        GuestTask<NtStatus> Note(string name, TestDriver driver, Irp irp)
        {
            order.Add(name);
            return driver.Complete(irp, NtStatus.Success);
        }
    }

    [Fact]
    public void A_stopped_device_timer_does_not_run()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "driver").CreateDevice(null);
        var ran = 0;
        var routine = test.Routine(_ => GuestTask.FromResult((ulong)++ran));
        test.Status("IoInitializeTimer", device.Address.Value, routine.Value, 0);
        test.CallNow("IoStartTimer", device.Address.Value);
        test.CallNow("IoStopTimer", device.Address.Value);
        test.RunUntilIdle(50_000_000);
        Assert.Equal(0, ran);
    }

    [Fact]
    public void A_work_item_in_own_memory_is_refused_while_it_is_queued()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var item = test.Allocate((int)test.CallNow("IoSizeofWorkItem")).Value;
        var ran = 0;
        var routine = test.Routine(arguments =>
        {
            Assert.Equal(driver.Object.Address.Value, arguments[0]);
            return GuestTask.FromResult((ulong)++ran);
        });
        test.CallNow("IoInitializeWorkItem", driver.Object.Address.Value, item);
        test.Run(async _ =>
        {
            await test.Call("KfRaiseIrql", 2);
            Assert.Equal(1, (byte)await test.Call("IoTryQueueWorkItem", item, routine.Value, 1, 0));
            Assert.Equal(0, (byte)await test.Call("IoTryQueueWorkItem", item, routine.Value, 1, 0));
            await test.Call("KeLowerIrql", 0);
        });
        test.RunUntilIdle();
        Assert.Equal(1, ran);
        test.CallNow("IoUninitializeWorkItem", item);
        Assert.Equal(2, test.PointerCount(driver.Object.Address));
    }

    [Fact]
    public void An_error_log_entry_that_is_freed_lets_its_driver_go()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var entry = test.CallNow("IoAllocateErrorLogEntry", driver.Object.Address.Value, 0x40);
        Assert.Equal(3, test.PointerCount(driver.Object.Address));
        test.CallNow("IoFreeErrorLogEntry", entry);
        test.RunUntilIdle();
        Assert.Equal(2, test.PointerCount(driver.Object.Address));
    }

    [Fact]
    [Trait("Spec", "U-6.58")]
    public void A_line_interrupt_is_connected_and_disconnected_by_parameters()
    {
        using var test = KernelTest.Boot();
        var routine = test.Routine(_ => GuestTask.FromResult(0UL));
        var (parameters, result) = (test.Allocate(0x80), test.Allocate(8));
        test.Memory.WriteUInt32(parameters, 2);
        test.Memory.WritePointer(parameters + 0x10, result);
        test.Memory.WritePointer(parameters + 0x18, routine);
        Assert.Equal(NtStatus.Success, test.Status("IoConnectInterruptEx", parameters.Value));
        var interrupt = Assert.Single(test.Kernel.Io.Interrupts);
        Assert.Equal((routine, true), (interrupt.ServiceRoutine, (bool)interrupt.Connected));
        Assert.False(test.Run(_ => test.Kernel.Io.RaiseInterrupt(interrupt)));
        test.Memory.WritePointer(parameters + 8, interrupt.Address);
        test.CallNow("IoDisconnectInterruptEx", parameters.Value);
        Assert.Empty(test.Kernel.Io.Interrupts);
    }

    [Fact]
    public void A_start_io_that_asks_for_the_next_request_gets_it_by_key_and_after_it_has_returned()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        var (started, depth) = (new List<uint>(), 0);
        var startIo = test.Routine(async arguments =>
        {
            Assert.Equal(1, ++depth);
            var irp = new Irp(test.Memory, new VirtualAddress(arguments[1]));
            started.Add(irp.CurrentStackLocation!.Value.ReadLength);
            await driver.Complete(irp, NtStatus.Success);
            await test.Call("IoStartNextPacketByKey", device.Address.Value, 0, 0);
            depth--;
            return 0;
        });
        driver.Object.SetDriverStartIo(test.Memory, startIo);
        test.CallNow("IoSetStartIoAttributes", device.Address.Value, 1, 0);
        var key = test.Allocate(4);
        driver.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.Read)
                return await driver.Complete(irp, NtStatus.Success);
            driver.Pend(location);
            test.Memory.WriteUInt32(key, location.ReadLength);
            await test.Call("IoStartPacket", device.Address.Value, irp.Address.Value, key.Value, 0);
            return NtStatus.Pending;
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device", synchronous: false);

        // The queue is busy, as if a request ran, so that the three that follow are sorted.
        device.DeviceQueue.SetBusy(test.Memory, true);
        foreach (var length in new uint[] { 30, 10, 20 })
            test.Run(_ => test.Kernel.Io.Read(application.Process, handle, length));
        Assert.Empty(started);
        test.CallNow("IoStartNextPacketByKey", device.Address.Value, 0, 0);
        Assert.Equal([10u, 20, 30], started);
        Assert.False((bool)device.DeviceQueue.Busy);
    }
}

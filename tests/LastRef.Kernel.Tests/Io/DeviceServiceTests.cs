using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>StartIo queues, device timers, interrupts, work items, extensions, error log.</summary>
public sealed class DeviceServiceTests
{
    private const long Second100ns = 10_000_000;

    [Fact]
    public void Start_io_gets_one_request_at_a_time_in_order()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        var started = new List<VirtualAddress>();
        var startIo = test.Routine(arguments =>
        {
            started.Add(new VirtualAddress(arguments[1]));
            Assert.Equal(Irql.Dispatch, test.Kernel.Ke.CurrentIrql);
            return GuestTask.FromResult(0UL);
        });
        driver.Object.SetDriverStartIo(test.Memory, startIo);
        driver.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return await driver.Complete(irp, NtStatus.Success);
            driver.Pend(location);
            await test.Call("IoStartPacket", device.Address.Value, irp.Address.Value, 0, 0);
            return NtStatus.Pending;
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device", synchronous: false);
        var requests = Enumerable.Range(0, 3).Select(_ => application.Control(handle, 0x22_2000, [1], 1).Pending!).ToArray();
        Assert.Equal([requests[0].Irp], started);
        Assert.Equal(requests[0].Irp, device.CurrentIrp!.Value.Address);
        for (var i = 0; i < 3; i++)
        {
            test.Run(async _ =>
            {
                await driver.Complete(device.CurrentIrp!.Value, NtStatus.Success);
                await test.Call("IoStartNextPacket", device.Address.Value, 0);
            });
        }

        Assert.Equal(requests.Select(r => r.Irp), started);
        Assert.Null(device.CurrentIrp);
        Assert.False((bool)device.DeviceQueue.Busy);
    }

    [Fact]
    [Trait("Spec", "U-6.20")]
    public void A_device_timer_runs_once_a_second_until_it_is_stopped_or_the_device_is_deleted()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        var times = new List<long>();
        var start = test.Kernel.Ke.InterruptTime100ns;
        var routine = test.Routine(arguments =>
        {
            Assert.Equal((device.Address.Value, 0x77UL, Irql.Dispatch), (arguments[0], arguments[1], test.Kernel.Ke.CurrentIrql));
            times.Add((test.Kernel.Ke.InterruptTime100ns - start) / Second100ns);
            return GuestTask.FromResult(0UL);
        });
        Assert.Equal(NtStatus.Success, test.Status("IoInitializeTimer", device.Address.Value, routine.Value, 0x77));
        test.RunUntilIdle(start + (2 * Second100ns));
        Assert.Empty(times);
        start = test.Kernel.Ke.InterruptTime100ns;
        test.CallNow("IoStartTimer", device.Address.Value);
        test.RunUntilIdle(start + (3 * Second100ns));
        Assert.Equal([1L, 2, 3], times);
        test.CallNow("IoDeleteDevice", device.Address.Value);
        test.RunUntilIdle(start + (9 * Second100ns));
        Assert.Equal(3, times.Count);
        Assert.Equal([true, false], test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.IoTimer).Select(r => r.Begin));
    }

    [Fact]
    [Trait("Spec", "U-6.58")]
    public void A_connected_interrupt_calls_its_routine_at_its_level_and_a_disconnected_one_is_gone()
    {
        using var test = KernelTest.Boot();
        var levels = new List<Irql>();
        var routine = test.Routine(arguments =>
        {
            levels.Add(test.Kernel.Ke.CurrentIrql);
            Assert.Equal(0x99UL, arguments[1]);
            return GuestTask.FromResult(1UL);
        });
        var result = test.Allocate(8);
        Assert.Equal(
            NtStatus.Success, test.Status("IoConnectInterrupt", result.Value, routine.Value, 0x99, 0, 0x31, 5, 6, 0, 0, 1, 0));
        var interrupt = Assert.Single(test.Kernel.Io.Interrupts);
        Assert.Equal(interrupt.Address, test.Memory.ReadPointer(result));
        Assert.True(test.Run(_ => test.Kernel.Io.RaiseInterrupt(interrupt)));
        Assert.Equal([(Irql)6], levels);
        test.CallNow("IoDisconnectInterrupt", interrupt.Address.Value);
        Assert.Empty(test.Kernel.Io.Interrupts);
    }

    [Fact]
    [Trait("Spec", "U-6.51")]
    public void A_queued_work_item_references_its_device_until_its_routine_has_returned()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        var item = test.CallNow("IoAllocateWorkItem", device.Address.Value);
        Assert.Equal(2, test.PointerCount(device.Address));
        long during = 0;
        var routine = test.Routine(async arguments =>
        {
            during = test.PointerCount(device.Address);
            Assert.Equal((device.Address.Value, 0x42UL, item), (arguments[0], arguments[1], arguments[2]));
            await test.Call("IoFreeWorkItem", arguments[2]);
            return 0;
        });
        test.CallNow("IoQueueWorkItemEx", item, routine.Value, 1, 0x42);
        test.RunUntilIdle();
        Assert.Equal((3L, 2L), (during, test.PointerCount(device.Address)));
    }

    [Fact]
    public void Freeing_a_work_item_that_is_queued_is_bug_check_96()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "driver").CreateDevice("Device");
        var item = test.CallNow("IoAllocateWorkItem", device.Address.Value);
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("KfRaiseIrql", 2);
            await test.Call("IoQueueWorkItem", item, item, 1, 0);
            await test.Call("IoFreeWorkItem", item);
        });
        Assert.Equal(0x96u, stop.Code);
    }

    [Fact]
    [Trait("Spec", "U-2.24")]
    public void A_driver_object_extension_is_found_by_its_own_address_and_holds_nothing()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var result = test.Allocate(8);
        var driverObject = driver.Object.Address.Value;
        Assert.Equal(NtStatus.Success, test.Status("IoAllocateDriverObjectExtension", driverObject, 0x1111, 64, result.Value));
        Assert.Equal(NtStatus.ObjectNameCollision, test.Status("IoAllocateDriverObjectExtension", driverObject, 0x1111, 64, test.Allocate(8).Value));
        Assert.Equal(test.Memory.ReadUInt64(result), test.CallNow("IoGetDriverObjectExtension", driverObject, 0x1111));
        Assert.Equal(0UL, test.CallNow("IoGetDriverObjectExtension", driverObject, 0x2222));
        Assert.Equal(2, test.PointerCount(driver.Object.Address));
        driver.Stop();
        Assert.False(driver.IsImageLoaded);
    }

    [Fact]
    public void An_error_log_entry_holds_its_device_until_it_is_written()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "driver").CreateDevice("Device");
        Assert.Equal(0UL, test.CallNow("IoAllocateErrorLogEntry", device.Address.Value, 0xF8));
        var entry = test.CallNow("IoAllocateErrorLogEntry", device.Address.Value, 0x30);
        Assert.Equal(3, test.PointerCount(device.Address));
        test.CallNow("IoWriteErrorLogEntry", entry);
        test.RunUntilIdle();
        Assert.Equal(2, test.PointerCount(device.Address));
    }

    [Theory]
    [InlineData(1, 0x30, true)]
    [InlineData(6, 0, true)]
    [InlineData(6, 1, false)]
    public void The_wdm_version_is_6_0(byte major, byte minor, bool available)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(available, (byte)test.CallNow("IoIsWdmVersionAvailable", major, minor) != 0);
    }

    [Fact]
    public void Boot_is_over_when_a_driver_is_started_by_hand()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(NtStatus.TooLate, test.Status("IoGetBootDiskInformation", test.Allocate(0x40).Value, 0x40));
        var handle = test.CallNow("IoRegisterBootDriverCallback", test.Routine(_ => GuestTask.FromResult(0UL)).Value, 1);
        Assert.NotEqual(0UL, handle);
        test.CallNow("IoUnregisterBootDriverCallback", handle);
        Assert.Equal(
            [true, false], test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Address.Value == handle && r.Kind == RegistrationKind.ExCallback).Select(r => r.Begin));
    }

    [Fact]
    public void A_named_event_is_signalled_at_first_and_its_second_opener_gets_the_same()
    {
        using var test = KernelTest.Boot();
        var (first, second) = (test.Allocate(8), test.Allocate(8));
        var @event = test.CallNow("IoCreateNotificationEvent", test.Text(@"\BaseNamedObjects\Test"), first.Value);
        Assert.Equal(1u, (uint)test.CallNow("KeReadStateEvent", @event));
        Assert.Equal(@event, test.CallNow("IoCreateSynchronizationEvent", test.Text(@"\BaseNamedObjects\Test"), second.Value));
        Assert.NotEqual(test.Memory.ReadUInt64(first), test.Memory.ReadUInt64(second));
    }

    [Theory]
    [InlineData(@"\BaseNamedObjects\Global\Test")]
    [InlineData(@"\BaseNamedObjects\Local\Test")]
    public void The_links_of_the_named_objects_lead_back_to_them(string path)
    {
        using var test = KernelTest.Boot();
        var handle = test.Allocate(8);
        var @event = test.CallNow("IoCreateNotificationEvent", test.Text(path), handle.Value);
        Assert.NotEqual(0UL, @event);
        Assert.Equal(@event, test.CallNow("IoCreateNotificationEvent", test.Text(@"\BaseNamedObjects\Test"), handle.Value));
    }
}

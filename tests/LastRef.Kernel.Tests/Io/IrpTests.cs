using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class IrpTests
{
    private const uint Buffered = 0x22_2000;
    private const uint InDirect = 0x22_2001;
    private const uint OutDirect = 0x22_2002;
    private const uint Neither = 0x22_2003;

    [Fact]
    public void A_buffered_control_code_gets_a_system_buffer_and_gives_back_what_information_says()
    {
        using var test = KernelTest.Boot();
        var driver = Echo(test, (irp, location) =>
        {
            Assert.Equal((4u, 8u), (location.InputBufferLength, location.OutputBufferLength));
            Assert.Equal([1, 2, 3, 4], Bytes(test, irp.SystemBuffer, 4));
            test.Memory.Write(irp.SystemBuffer, [9, 8, 7, 6, 5]);
            return (NtStatus.Success, 5);
        });
        var result = Open(test).Control(Buffered, [1, 2, 3, 4], 8);
        Assert.Equal((NtStatus.Success, 5UL), (result.Status, result.Information));
        Assert.Equal([9, 8, 7, 6, 5], result.Output);
        Assert.Equal("Create DeviceControl", string.Join(' ', driver.Log));
        Assert.Equal(1, test.Kernel.Trace.Of<IrpRecord>().Count(r => r is { Step: IrpStep.Completed, Major: (byte)IrpMajor.DeviceControl }));
    }

    [Fact]
    public void A_control_code_that_fails_at_once_gives_nothing_back()
    {
        using var test = KernelTest.Boot();
        Echo(test, (irp, _) =>
        {
            test.Memory.Write(irp.SystemBuffer, [9, 9, 9, 9]);
            return (NtStatus.InvalidParameter, 4);
        });
        var result = Open(test).Control(Buffered, [1], 4);
        Assert.Equal(NtStatus.InvalidParameter, result.Status);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_warning_gives_the_data_back()
    {
        using var test = KernelTest.Boot();
        Echo(test, (irp, _) =>
        {
            test.Memory.Write(irp.SystemBuffer, [5, 6]);
            return (NtStatus.BufferOverflow, 2);
        });
        var result = Open(test).Control(Buffered, [], 2);
        Assert.Equal(NtStatus.BufferOverflow, result.Status);
        Assert.Equal([5, 6], result.Output);
    }

    [Theory]
    [InlineData(InDirect)]
    [InlineData(OutDirect)]
    public void A_direct_control_code_gets_the_callers_pages_in_an_mdl(uint code)
    {
        using var test = KernelTest.Boot();
        Echo(test, (irp, _) =>
        {
            var mdl = irp.MdlAddress!.Value;
            Assert.Equal(6u, mdl.ByteCount);
            var mapped = test.Kernel.Mm.MmMapLockedPagesSpecifyCache(mdl, 0, 1, VirtualAddress.Null, 0, 16);
            Assert.True(mapped.IsKernel);
            Assert.Equal([1, 2], Bytes(test, irp.SystemBuffer, 2));
            test.Memory.Write(mapped, [1, 3, 5, 7, 9, 11]);
            return (NtStatus.Success, 6);
        });
        var result = Open(test).Control(code, [1, 2], 6);
        Assert.Equal([1, 3, 5, 7, 9, 11], result.Output);
        var locks = test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.Mdl).ToArray();
        Assert.Equal([true, false], locks.Select(r => r.Begin));
    }

    [Fact]
    public void A_neither_control_code_gets_the_callers_own_addresses()
    {
        using var test = KernelTest.Boot();
        Echo(test, (irp, location) =>
        {
            Assert.False(location.Type3InputBuffer.IsKernel);
            Assert.True(irp.SystemBuffer.IsNull);
            Assert.Equal([4, 2], Bytes(test, location.Type3InputBuffer, 2));
            test.Memory.Write(irp.UserBuffer, [7]);
            return (NtStatus.Success, 1);
        });
        Assert.Equal([7], Open(test).Control(Neither, [4, 2], 1).Output);
    }

    [Theory]
    [InlineData(DeviceFlags.BufferedIo)]
    [InlineData(DeviceFlags.DirectIo)]
    [InlineData(DeviceFlags.None)]
    public void A_read_gets_the_kind_of_buffer_that_the_device_asks_for(DeviceFlags flags)
    {
        using var test = KernelTest.Boot();
        Echo(
            test,
            (irp, location) =>
            {
                Assert.Equal((3u, 77L), (location.ReadLength, location.ReadByteOffset));
                var buffer = flags == DeviceFlags.BufferedIo ? irp.SystemBuffer
                    : flags == DeviceFlags.DirectIo ? test.Kernel.Mm.MmMapLockedPages(irp.MdlAddress!.Value, 0)
                    : irp.UserBuffer;
                test.Memory.Write(buffer, [6, 5, 4]);
                return (NtStatus.Success, 3);
            },
            flags);
        var open = Open(test);
        var result = test.Run(_ => test.Kernel.Io.Read(open.Application.Process, open.Handle, 3, 77));
        Assert.Equal([6, 5, 4], result.Output);
    }

    [Fact]
    public void A_synchronous_call_waits_for_a_request_that_is_pending()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        Irp? kept = null;
        driver.Dispatch = (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return driver.Complete(irp, NtStatus.Success);
            kept = irp;
            return GuestTask.FromResult(driver.Pend(location));
        };
        var open = Open(test);
        IoResult? result = null;
        test.RunToHang(async _ => result = await test.Kernel.Io.DeviceControl(open.Application.Process, open.Handle, Buffered, new byte[] { 1 }, 4));
        Assert.Null(result);
        test.Memory.Write(kept!.Value.SystemBuffer, [1, 2, 3, 4]);
        test.Run(async _ => await driver.Complete(kept.Value, NtStatus.Success, 4));
        test.RunUntilIdle();
        Assert.Equal([1, 2, 3, 4], result!.Output);
    }

    [Fact]
    public void Completion_routines_run_bottom_up_with_the_device_of_their_own_level()
    {
        using var test = KernelTest.Boot();
        var (lowerDriver, upperDriver) = (TestDriver.Load(test, "lower"), TestDriver.Load(test, "upper"));
        var (lower, upper) = (lowerDriver.CreateDevice("Lower"), upperDriver.CreateDevice(null));
        test.CallNow("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value);
        var seen = new List<ulong>();
        var upperCompletion = test.Routine(arguments =>
        {
            seen.Add(arguments[0]);
            seen.Add(arguments[2]);
            return GuestTask.FromResult(0UL);
        });
        var senderCompletion = test.Routine(arguments =>
        {
            seen.Add(arguments[0]);
            return GuestTask.FromResult(0xC000_0016UL);
        });
        upperDriver.Dispatch = async (irp, location) =>
        {
            var next = test.Kernel.Io.NextLocation(irp);
            next.SetMajorFunction(test.Memory, location.MajorFunction);
            SetCompletion(test, next, upperCompletion, 0x55);
            return new NtStatus((int)await test.Call("IofCallDriver", lower.Address.Value, irp.Address.Value));
        };
        test.Run(async _ =>
        {
            var irp = new Irp(test.Memory, new VirtualAddress(await test.Call("IoAllocateIrp", (ulong)upper.StackSize, 0)));
            var first = test.Kernel.Io.NextLocation(irp);
            first.SetMajorFunction(test.Memory, IrpMajor.Read);
            SetCompletion(test, first, senderCompletion, 0);
            await test.Call("IofCallDriver", upper.Address.Value, irp.Address.Value);
            await test.Call("IoFreeIrp", irp.Address.Value);
        });
        Assert.Equal([upper.Address.Value, 0x55UL, 0UL], seen);
    }

    [Fact]
    public void A_pending_mark_travels_up_past_drivers_without_completion_routine()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = async (irp, location) =>
        {
            driver.Pend(location);
            await driver.Complete(irp, NtStatus.Success);
            return NtStatus.Pending;
        };
        NtBoolean? pendingReturned = null;
        var completion = test.Routine(arguments =>
        {
            pendingReturned = new Irp(test.Memory, new VirtualAddress(arguments[1])).PendingReturned;
            return GuestTask.FromResult(0xC000_0016UL);
        });
        test.Run(async _ =>
        {
            // Three locations, of which the middle one belongs to nobody: it stands for a driver without a routine.
            var irp = new Irp(test.Memory, new VirtualAddress(await test.Call("IoAllocateIrp", 2, 0)));
            SetCompletion(test, test.Kernel.Io.NextLocation(irp), completion, 0);
            irp.SetCurrentLocation(test.Memory, 2);
            irp.SetCurrentStackLocation(test.Memory, test.Kernel.Io.NextLocation(irp));
            test.Kernel.Io.NextLocation(irp).SetMajorFunction(test.Memory, IrpMajor.Read);
            Assert.Equal(NtStatus.Pending, new NtStatus((int)await test.Call("IofCallDriver", device.Address.Value, irp.Address.Value)));
        });
        Assert.True((bool)pendingReturned!.Value);
    }

    [Fact]
    public void Completing_a_request_twice_is_bug_check_44()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        driver.Dispatch = async (irp, location) =>
        {
            var isControl = location.MajorFunction == IrpMajor.DeviceControl;
            await driver.Complete(irp, NtStatus.Success);
            if (isControl)
                await driver.Complete(irp, NtStatus.Success);
            return NtStatus.Success;
        };
        var open = Open(test);
        var stop = test.RunToBugCheck(async _ => await test.Kernel.Io.DeviceControl(open.Application.Process, open.Handle, Buffered, default, 0));
        Assert.Equal(0x44u, stop.Code);
    }

    [Fact]
    public void Sending_a_request_without_a_location_left_is_bug_check_35()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = async (irp, _) => new NtStatus((int)await test.Call("IofCallDriver", device.Address.Value, irp.Address.Value));
        var stop = test.RunToBugCheck(async _ =>
        {
            var irp = await test.Call("IoAllocateIrp", 1, 0);
            await test.Call("IofCallDriver", device.Address.Value, irp);
        });
        Assert.Equal(0x35u, stop.Code);
    }

    [Fact]
    public void A_built_control_request_signals_its_event_and_is_freed_by_the_system()
    {
        using var test = KernelTest.Boot();
        var driver = Echo(test, (irp, _) =>
        {
            test.Memory.Write(irp.SystemBuffer, [3, 1, 4]);
            return (NtStatus.Success, 3);
        });
        var (done, iosb, output) = (test.Kernel.Ke.CreateEvent(synchronization: false), test.Allocate(16), test.Allocate(8));
        var device = driver.Object.DeviceObject!.Value;
        test.Run(async _ =>
        {
            var irp = await test.Call(
                "IoBuildDeviceIoControlRequest", Buffered, device.Address.Value, 0, 0, output.Value, 8, 0, done.Value, iosb.Value);
            Assert.Single(test.Kernel.Io.ThreadRequests(test.Kernel.CurrentThread));
            Assert.Equal(NtStatus.Success, new NtStatus((int)await test.Call("IofCallDriver", device.Address.Value, irp)));
            Assert.Empty(test.Kernel.Io.ThreadRequests(test.Kernel.CurrentThread));
        });
        Assert.Equal(1u, (uint)test.CallNow("KeReadStateEvent", done.Value));
        Assert.Equal(3UL, test.Memory.ReadUInt64(iosb + 8));
        Assert.Equal([3, 1, 4], Bytes(test, output, 3));
    }

    [Fact]
    public void A_cancelled_request_calls_its_cancel_routine_at_dispatch_level_once()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        var levels = new List<Irql>();
        var cancel = test.Routine(async arguments =>
        {
            levels.Add(test.Kernel.Ke.CurrentIrql);
            var irp = new Irp(test.Memory, new VirtualAddress(arguments[1]));
            await test.Call("IoReleaseCancelSpinLock", (ulong)irp.CancelIrql);
            await driver.Complete(irp, NtStatus.Cancelled);
            return 0;
        });
        driver.Dispatch = (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return driver.Complete(irp, NtStatus.Success);
            irp.SetCancelRoutine(test.Memory, cancel);
            return GuestTask.FromResult(driver.Pend(location));
        };
        var open = Open(test, synchronous: false);
        var request = open.Control(Buffered, [1], 4).Pending!;
        Assert.True(test.Run(_ => test.Kernel.Io.Cancel(request)));
        Assert.Equal([Irql.Dispatch], levels);
        Assert.Equal(Irql.Passive, test.Run(_ => GuestTask.FromResult(test.Kernel.Ke.CurrentIrql)));
        Assert.Equal(NtStatus.Cancelled, test.Run(_ => test.Kernel.Io.WaitFor(request)).Status);
        Assert.False(test.Run(_ => test.Kernel.Io.Cancel(request)));
    }

    [Fact]
    public void A_control_code_that_asks_for_write_access_is_refused_to_a_read_only_handle()
    {
        using var test = KernelTest.Boot();
        var driver = Echo(test, (_, _) => (NtStatus.Success, 0));
        var application = new TestApplication(test);
        var opened = test.Run(_ => test.Kernel.Io.Open(new OpenRequest
        {
            Path = @"\Device\Device", Process = application.Process, UserMode = true, DesiredAccess = 0x8000_0000,
        }));
        const uint writeAccess = 0x22_A000;
        Assert.Equal(NtStatus.AccessDenied, application.Control(opened.Handle, writeAccess, [], 0).Status);
        Assert.DoesNotContain("DeviceControl", driver.Log);
    }

    private static void SetCompletion(KernelTest test, IoStackLocation location, VirtualAddress routine, ulong context)
    {
        location.SetCompletionRoutine(test.Memory, routine);
        location.SetContext(test.Memory, new VirtualAddress(context));
        location.SetControl(
            test.Memory, StackLocationControl.InvokeOnSuccess | StackLocationControl.InvokeOnError | StackLocationControl.InvokeOnCancel);
    }

    private static TestDriver Echo(
        KernelTest test, Func<Irp, IoStackLocation, (NtStatus Status, ulong Information)> answer, DeviceFlags flags = DeviceFlags.None)
    {
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device", flags);
        driver.Dispatch = (irp, location) =>
        {
            if (location.MajorFunction is IrpMajor.Create or IrpMajor.Cleanup or IrpMajor.Close)
                return driver.Complete(irp, NtStatus.Success);
            var (status, information) = answer(irp, location);
            return driver.Complete(irp, status, information);
        };
        return driver;
    }

    private static OpenDevice Open(KernelTest test, bool synchronous = true)
    {
        var application = new TestApplication(test);
        return new OpenDevice(application, application.OpenDevice("Device", synchronous));
    }

    private static byte[] Bytes(KernelTest test, VirtualAddress address, int count)
    {
        var bytes = new byte[count];
        test.Memory.Read(address, bytes);
        return bytes;
    }

    private sealed record OpenDevice(TestApplication Application, HandleValue Handle)
    {
        public IoResult Control(uint code, byte[] input, uint outputBytes) => Application.Control(Handle, code, input, outputBytes);
    }

    /// <summary>The names that drivers written before wdm.h's macros import.</summary>
    [Fact]
    public void IoCallDriver_and_IoCompleteRequest_are_the_routines_behind_the_macros()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = async (irp, _) =>
        {
            irp.IoStatus.SetStatus(test.Memory, NtStatus.DeviceNotReady);
            await test.Call("IoCompleteRequest", irp.Address.Value, 0);
            return NtStatus.DeviceNotReady;
        };
        var seen = new List<ulong>();
        var completion = test.Routine(arguments =>
        {
            seen.Add(test.Memory.ReadUInt32(new Irp(test.Memory, new VirtualAddress(arguments[1])).IoStatus.Address));
            return GuestTask.FromResult(0xC000_0016UL);
        });
        test.Run(async _ =>
        {
            var irp = new Irp(test.Memory, new VirtualAddress(await test.Call("IoAllocateIrp", (ulong)device.StackSize, 0)));
            var location = test.Kernel.Io.NextLocation(irp);
            location.SetMajorFunction(test.Memory, IrpMajor.Read);
            SetCompletion(test, location, completion, 0);
            Assert.Equal(NtStatus.DeviceNotReady, new NtStatus((int)await test.Call("IoCallDriver", device.Address.Value, irp.Address.Value)));
            await test.Call("IoFreeIrp", irp.Address.Value);
        });
        Assert.Equal([(ulong)NtStatus.DeviceNotReady.Code], seen);
        Assert.Equal(["Read"], driver.Log);
    }
}

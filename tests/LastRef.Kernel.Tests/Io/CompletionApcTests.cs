using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>A request of a thread ends in that thread: its special kernel APC, and the routine that the caller of ZwReadFile gave.</summary>
public sealed class CompletionApcTests
{
    private const uint Control = 0x22_2000;

    [Theory]
    [InlineData("KfRaiseIrql", 1UL, "KeLowerIrql", 0UL, false)]
    [InlineData("KeEnterGuardedRegion", 0UL, "KeLeaveGuardedRegion", 0UL, false)]
    [InlineData("KeEnterCriticalRegion", 0UL, "KeLeaveCriticalRegion", 0UL, true)]
    public void A_built_request_is_finished_when_its_thread_may_take_a_special_apc(
        string enter, ulong argument, string leave, ulong leaveArgument, bool isFinishedInside)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = (irp, _) => driver.Complete(irp, NtStatus.Success, 5);
        var (block, done) = (new IoStatusBlock(test.Memory, test.Allocate(16)), new KEvent(test.Memory, test.Kernel.Ke.CreateEvent(synchronization: false)));
        test.Run(async _ =>
        {
            var irp = await Build(test, device, done, block);
            await test.Call(enter, argument);
            await test.Call("IofCallDriver", device.Address.Value, irp);
            await test.Call("KeGetCurrentIrql");
            Assert.Equal(isFinishedInside, done.Header.SignalState != 0);
            await test.Call(leave, leaveArgument);
            await test.Kernel.Scheduler.Yield();
        });
        Assert.NotEqual(0, done.Header.SignalState);
        Assert.Equal((NtStatus.Success, 5UL), (block.Status, block.Information));
    }

    /// <summary>Doc: IoBuildDeviceIoControlRequest: a driver must not wait for such a request at APC_LEVEL.</summary>
    [Fact]
    public void Waiting_at_apc_level_for_a_built_request_never_ends()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = (irp, _) => driver.Complete(irp, NtStatus.Success);
        var (block, done) = (new IoStatusBlock(test.Memory, test.Allocate(16)), new KEvent(test.Memory, test.Kernel.Ke.CreateEvent(synchronization: false)));
        test.RunToHang(async _ =>
        {
            var irp = await Build(test, device, done, block);
            await test.Call("ExAcquireFastMutex", FastMutex(test));
            await test.Call("IofCallDriver", device.Address.Value, irp);
            await test.Call("KeWaitForSingleObject", done.Address.Value, 0, 0, 0, 0);
        });
        Assert.Equal(0, done.Header.SignalState);
    }

    [Fact]
    public void A_sender_that_waits_is_woken_by_its_own_apc_whoever_completes_the_request()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        Irp? kept = null;
        driver.Dispatch = (irp, location) =>
        {
            kept = irp;
            return GuestTask.FromResult(driver.Pend(location));
        };
        var (block, done) = (new IoStatusBlock(test.Memory, test.Allocate(16)), new KEvent(test.Memory, test.Kernel.Ke.CreateEvent(synchronization: false)));
        var isWoken = false;
        test.Kernel.Ps.CreateSystemThread("sender", 8, async _ =>
        {
            var irp = await Build(test, device, done, block);
            await test.Call("IofCallDriver", device.Address.Value, irp);
            await test.Call("KeWaitForSingleObject", done.Address.Value, 0, 0, 0, 0);
            isWoken = true;
        });
        test.RunUntilIdle();
        Assert.False(isWoken);
        test.Run(async _ =>
        {
            await test.Call("KeRaiseIrqlToDpcLevel");
            await driver.Complete(kept!.Value, NtStatus.Success, 3);
            Assert.Equal(0, done.Header.SignalState);
            await test.Call("KeLowerIrql", 0);
        });
        test.RunUntilIdle();
        Assert.True(isWoken);
        Assert.Equal(3UL, block.Information);
    }

    [Theory]
    [InlineData(0u, false)]
    [InlineData(0u, true)]
    [InlineData(0x20u, true)]
    public void The_callers_routine_runs_in_its_thread_at_passive_level_with_its_context_and_status_block(uint options, bool pends)
    {
        using var test = KernelTest.Boot();
        var device = new Device(test, pends);
        var (iosb, buffer) = (new IoStatusBlock(test.Memory, test.Allocate(16)), test.Allocate(8));
        var calls = new List<string>();
        test.Kernel.Ps.CreateSystemThread("sender", 8, async thread =>
        {
            var handle = await device.Open(options);
            var file = test.Kernel.Ob.FindHandle(test.Kernel.Ps.SystemProcess, new HandleValue(handle))!.Value.Body;
            var before = test.PointerCount(file);
            var routine = test.Routine(arguments =>
            {
                Assert.Equal(thread, test.Kernel.CurrentThread);
                Assert.Equal((9UL, iosb.Address.Value, 0UL), (arguments[0], arguments[1], arguments[2]));
                calls.Add($"{iosb.Information} at {(int)test.Kernel.Ke.CurrentIrql}");
                return GuestTask.FromResult(0UL);
            });
            await test.Call("ZwReadFile", handle, 0, routine.Value, 9, iosb.Address.Value, buffer.Value, 4, test.Time(0), 0);
            if (pends)
                await test.Call("KeDelayExecutionThread", 0, 0, test.Time(-10_000_000));
            Assert.Equal(["4 at 0"], calls);
            Assert.Equal(before, test.PointerCount(file));
        });
        if (pends)
            test.Kernel.Ps.CreateSystemThread("hardware", 8, async _ =>
            {
                await test.Call("KeDelayExecutionThread", 0, 0, test.Time(-1_000_000));
                await device.Driver.Complete(device.Kept!.Value, NtStatus.Success, 4);
            });
        test.RunUntilIdle();
        Assert.Null(test.Kernel.Stop);
        Assert.Equal(["4 at 0"], calls);
        Assert.DoesNotContain(test.Kernel.Ex.NonPagedPool.Blocks, b => b.Tag == PoolTags.Irp);
    }

    [Fact]
    public void A_request_that_fails_at_once_calls_no_routine()
    {
        using var test = KernelTest.Boot();
        var device = new Device(test, pends: false) { Status = NtStatus.DeviceNotReady };
        var isCalled = false;
        test.Run(async _ =>
        {
            var handle = await device.Open(0);
            var routine = test.Routine(_ =>
            {
                isCalled = true;
                return GuestTask.FromResult(0UL);
            });
            var status = await test.Call("ZwReadFile", handle, 0, routine.Value, 9, test.Allocate(16).Value, test.Allocate(8).Value, 4, test.Time(0), 0);
            Assert.Equal(NtStatus.DeviceNotReady.Code, (uint)status);
        });
        Assert.False(isCalled);
    }

    [Fact]
    public void The_callers_routine_waits_until_its_thread_leaves_its_critical_region()
    {
        using var test = KernelTest.Boot();
        var device = new Device(test, pends: false);
        var isCalled = false;
        test.Run(async _ =>
        {
            var handle = await device.Open(0);
            var routine = test.Routine(_ =>
            {
                isCalled = true;
                return GuestTask.FromResult(0UL);
            });
            await test.Call("KeEnterCriticalRegion");
            await test.Call("ZwReadFile", handle, 0, routine.Value, 9, test.Allocate(16).Value, test.Allocate(8).Value, 4, test.Time(0), 0);
            await test.Call("KeGetCurrentIrql");
            Assert.False(isCalled);
            await test.Call("KeLeaveCriticalRegion");
            await test.Kernel.Scheduler.Yield();
        });
        Assert.True(isCalled);
    }

    private static GuestTask<ulong> Build(KernelTest test, DeviceObject device, KEvent done, IoStatusBlock block) =>
        test.Call("IoBuildDeviceIoControlRequest", Control, device.Address.Value, 0, 0, 0, 0, 0, done.Address.Value, block.Address.Value);

    private static ulong FastMutex(KernelTest test)
    {
        var mutex = test.Allocate(0x38);
        test.Memory.WriteUInt32(mutex, 1);
        test.Kernel.Ke.InitializeEvent(mutex + 0x18, synchronization: true, signalled: false);
        return mutex.Value;
    }

    /// <summary>A device that reads at once or keeps the request.</summary>
    private sealed class Device
    {
        private readonly KernelTest _test;

        public Device(KernelTest test, bool pends)
        {
            _test = test;
            Driver = TestDriver.Load(test, "driver");
            Driver.CreateDevice("Device", DeviceFlags.BufferedIo);
            Driver.Dispatch = (irp, location) =>
            {
                if (location.MajorFunction != IrpMajor.Read)
                    return Driver.Complete(irp, NtStatus.Success);
                if (!pends)
                    return Driver.Complete(irp, Status, 4);
                Kept = irp;
                return GuestTask.FromResult(Driver.Pend(location));
            };
        }

        public TestDriver Driver { get; }

        public NtStatus Status { get; init; } = NtStatus.Success;

        public Irp? Kept { get; private set; }

        public async GuestTask<ulong> Open(uint options)
        {
            var handle = _test.Allocate(8);
            var status = await _test.Call(
                "ZwCreateFile", handle.Value, 0xC010_0000, _test.Attributes(@"\Device\Device", ObjectAttributeFlags.KernelHandle), _test.Allocate(16).Value, 0, 0, 7, 1, options, 0, 0);
            Assert.Equal(NtStatus.Success.Code, (uint)status);
            return _test.Memory.ReadUInt64(handle);
        }
    }
}

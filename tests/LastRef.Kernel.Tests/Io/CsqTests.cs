using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class CsqTests
{
    [Fact]
    public void Requests_come_out_in_order_and_a_cancelled_one_is_completed_by_its_own_routine()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        var queue = new Queue(test, driver);
        driver.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return await driver.Complete(irp, NtStatus.Success);
            await test.Call("IoCsqInsertIrp", queue.Csq.Value, irp.Address.Value, 0);
            return NtStatus.Pending;
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device", synchronous: false);
        var requests = Enumerable.Range(0, 3).Select(_ => application.Control(handle, 0x22_2000, [1], 1).Pending!).ToArray();
        Assert.Equal(requests.Select(r => r.Irp), queue.Irps);
        Assert.True(test.Run(_ => test.Kernel.Io.Cancel(requests[1])));
        Assert.Equal([requests[1].Irp], queue.Cancelled);
        Assert.Equal(NtStatus.Cancelled, test.Run(_ => test.Kernel.Io.WaitFor(requests[1])).Status);
        Assert.Equal(requests[0].Irp.Value, test.CallNow("IoCsqRemoveNextIrp", queue.Csq.Value, 0));
        test.Run(async _ => await driver.Complete(new Irp(test.Memory, requests[0].Irp), NtStatus.Success));
        Assert.Equal(NtStatus.Success, test.Run(_ => test.Kernel.Io.WaitFor(requests[0])).Status);
        Assert.False(test.Run(_ => test.Kernel.Io.Cancel(requests[0])));
        Assert.Equal(requests[2].Irp.Value, test.CallNow("IoCsqRemoveNextIrp", queue.Csq.Value, 0));
        Assert.Equal(0UL, test.CallNow("IoCsqRemoveNextIrp", queue.Csq.Value, 0));
    }

    [Fact]
    public void A_context_finds_its_own_request_once()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        var queue = new Queue(test, driver);
        var context = test.Allocate(0x18);
        driver.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return await driver.Complete(irp, NtStatus.Success);
            await test.Call("IoCsqInsertIrp", queue.Csq.Value, irp.Address.Value, context.Value);
            return NtStatus.Pending;
        };
        var application = new TestApplication(test);
        var request = application.Control(application.OpenDevice("Device", synchronous: false), 0x22_2000, [1], 1).Pending!;
        Assert.Equal(request.Irp.Value, test.CallNow("IoCsqRemoveIrp", queue.Csq.Value, context.Value));
        Assert.Equal(0UL, test.CallNow("IoCsqRemoveIrp", queue.Csq.Value, context.Value));
    }

    [Fact]
    public void The_extended_queue_may_refuse_a_request()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        var queue = new Queue(test, driver, "IoCsqInitializeEx", NtStatus.DeviceBusy);
        driver.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return await driver.Complete(irp, NtStatus.Success);
            var status = new NtStatus((int)await test.Call("IoCsqInsertIrpEx", queue.Csq.Value, irp.Address.Value, 0, 0));
            Assert.Equal(NtStatus.DeviceBusy, status);
            return await driver.Complete(irp, status);
        };
        var application = new TestApplication(test);
        Assert.Equal(NtStatus.DeviceBusy, application.Control(application.OpenDevice("Device", synchronous: false), 0x22_2000, [1], 1).Status);
    }

    /// <summary>The driver's side of a cancel-safe queue.</summary>
    private sealed class Queue
    {
        public Queue(KernelTest test, TestDriver driver, string initialize = "IoCsqInitialize", NtStatus inserted = default)
        {
            Csq = test.Allocate(0x40);
            var spinLock = test.Allocate(8);
            var insert = test.Routine(a => Done(() => Irps.Add(new VirtualAddress(a[1])), inserted));
            var remove = test.Routine(a => Done(() => Irps.Remove(new VirtualAddress(a[1]))));
            var peek = test.Routine(a => GuestTask.FromResult(Next(a[1])));
            var acquire = test.Routine(async a =>
            {
                test.Memory.WriteByte(new VirtualAddress(a[1]), (byte)await test.Call("KeAcquireSpinLockRaiseToDpc", spinLock.Value));
                return 0;
            });
            var release = test.Routine(async a => await test.Call("KeReleaseSpinLock", spinLock.Value, (byte)a[1]));
            var cancelled = test.Routine(async a =>
            {
                Cancelled.Add(new VirtualAddress(a[1]));
                await driver.Complete(new Irp(test.Memory, new VirtualAddress(a[1])), NtStatus.Cancelled);
                return 0;
            });
            Assert.Equal(
                NtStatus.Success,
                test.Status(initialize, Csq.Value, insert.Value, remove.Value, peek.Value, acquire.Value, release.Value, cancelled.Value));
        }

        public VirtualAddress Csq { get; }

        public List<VirtualAddress> Irps { get; } = [];

        public List<VirtualAddress> Cancelled { get; } = [];

        private ulong Next(ulong after)
        {
            var index = after == 0 ? 0 : Irps.IndexOf(new VirtualAddress(after)) + 1;
            return index < Irps.Count ? Irps[index].Value : 0;
        }

        private static GuestTask<ulong> Done(Action action, NtStatus status = default)
        {
            action();
            return GuestTask.FromResult((ulong)status.Code);
        }
    }
}

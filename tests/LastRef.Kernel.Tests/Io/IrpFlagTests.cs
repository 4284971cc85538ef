using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What the flags of a request change in its completion (wdm.h, IRP_*).</summary>
public sealed class IrpFlagTests
{
    [Fact]
    public void A_deferred_completion_is_finished_when_the_dispatch_routine_has_returned()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device", DeviceFlags.BufferedIo);
        var (seen, signalled) = (IrpFlags.None, true);
        driver.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.Read)
                return await driver.Complete(irp, NtStatus.Success);
            seen = irp.Flags;
            var file = location.FileObject!.Value;
            test.Memory.Write(irp.SystemBuffer, [1, 2, 3, 4]);
            await driver.Complete(irp, NtStatus.Success, 4);

            // The packet is still there, and its sender has not been told.
            signalled = file.Event.Header.SignalState != 0;
            Assert.Equal(6, irp.Type);
            return NtStatus.Success;
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device", synchronous: false);
        var result = test.Run(_ => test.Kernel.Io.Read(application.Process, handle, 4));
        Assert.True((seen & IrpFlags.DeferIoCompletion) != 0);
        Assert.False(signalled);
        Assert.Equal((NtStatus.Success, 4UL), (result.Status, result.Information));
        Assert.Equal([1, 2, 3, 4], result.Output);
        Assert.Equal(NtStatus.Success, application.Close(handle));
    }

    [Fact]
    public void A_deferred_completion_of_a_pending_request_is_finished_at_once()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        Irp? kept = null;
        driver.Dispatch = (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.Read)
                return driver.Complete(irp, NtStatus.Success);
            kept = irp;
            return GuestTask.FromResult(driver.Pend(location));
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device", synchronous: false);
        var pending = test.Run(_ => test.Kernel.Io.Read(application.Process, handle, 4)).Pending!;
        Assert.False(test.Kernel.Io.IsComplete(pending));
        test.Run(async _ => await driver.Complete(kept!.Value, NtStatus.Success));
        Assert.True(test.Kernel.Io.IsComplete(pending));
    }

    [Fact]
    public void Buffered_input_is_copied_back_and_the_system_buffer_freed_as_the_flags_say()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device", DeviceFlags.BufferedIo);
        var flags = new List<IrpFlags>();
        var buffers = new List<VirtualAddress>();
        driver.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction is not (IrpMajor.Read or IrpMajor.Write))
                return await driver.Complete(irp, NtStatus.Success);
            flags.Add(irp.Flags & (IrpFlags.BufferedIo | IrpFlags.DeallocateBuffer | IrpFlags.InputOperation));
            buffers.Add(irp.SystemBuffer);
            Assert.Contains(test.Kernel.Ex.NonPagedPool.Blocks, b => b.Address == irp.SystemBuffer);
            if (location.MajorFunction == IrpMajor.Read)
                test.Memory.Write(irp.SystemBuffer, [9, 8]);
            return await driver.Complete(irp, NtStatus.Success, 2);
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device");
        Assert.Equal([9, 8], test.Run(_ => test.Kernel.Io.Read(application.Process, handle, 2)).Output);
        test.Run(_ => test.Kernel.Io.Write(application.Process, handle, new byte[] { 1, 2 }));
        Assert.Equal(
            [IrpFlags.BufferedIo | IrpFlags.DeallocateBuffer | IrpFlags.InputOperation, IrpFlags.BufferedIo | IrpFlags.DeallocateBuffer], flags);
        Assert.All(buffers, buffer => Assert.DoesNotContain(test.Kernel.Ex.NonPagedPool.Blocks, b => b.Address == buffer));
    }

    [Fact]
    public void A_synchronous_paging_request_sets_status_and_event_and_gives_no_file_object_back()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = (irp, _) => driver.Complete(irp, NtStatus.Success, 0x1000);
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device");
        var file = new FileObject(test.Memory, test.Kernel.Ob.FindHandle(application.Process, handle)!.Value.Body);
        var before = test.PointerCount(file.Address);
        var block = new IoStatusBlock(test.Memory, test.Allocate(16));
        var done = new KEvent(test.Memory, test.Kernel.Ke.CreateEvent(synchronization: false));
        test.Run(_ => SendPaging(test, device, file, block.Address, done, IrpFlags.PagingIo | IrpFlags.SynchronousPagingIo | IrpFlags.NoCache));
        Assert.Equal((NtStatus.Success, 0x1000UL), (block.Status, block.Information));
        Assert.NotEqual(0, done.Header.SignalState);
        Assert.Equal(before, test.PointerCount(file.Address));
    }

    [Fact]
    public void An_asynchronous_paging_request_is_told_to_its_thread_by_an_apc()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = (irp, _) => driver.Complete(irp, NtStatus.Success, 0x2000);
        var block = new IoStatusBlock(test.Memory, test.Allocate(16));
        var told = new List<string>();
        test.Run(async thread =>
        {
            var routine = test.Routine(arguments =>
            {
                Assert.Equal((7UL, block.Address.Value), (arguments[0], arguments[1]));
                Assert.Equal(thread, test.Kernel.CurrentThread);
                told.Add($"{block.Status} at {(int)test.Kernel.Ke.CurrentIrql}");
                return GuestTask.FromResult(0UL);
            });
            await test.Call("KeRaiseIrqlToDpcLevel");
            await SendPaging(test, device, null, block.Address, null, IrpFlags.PagingIo | IrpFlags.NoCache, irp =>
            {
                irp.SetThread(test.Memory, new EThread(test.Memory, thread.Address));
                irp.SetUserApcRoutine(test.Memory, routine);
                irp.SetUserApcContext(test.Memory, new VirtualAddress(7));
            });
            Assert.Empty(told);
            await test.Call("KeLowerIrql", 0);
            await test.Kernel.Scheduler.Yield();
        });
        Assert.Equal([$"{NtStatus.Success} at 1"], told);
        Assert.Equal(0x2000UL, block.Information);
        Assert.DoesNotContain(test.Kernel.Ex.NonPagedPool.Blocks, b => b.Tag == PoolTags.Irp);
    }

    [Fact]
    public void A_paging_request_without_a_thread_cannot_be_finished()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = (irp, _) => driver.Complete(irp, NtStatus.Success);
        Assert.Equal(0xAu, test.RunToBugCheck(_ => SendPaging(test, device, null, test.Allocate(16), null, IrpFlags.PagingIo)).Code);
    }

    /// <summary>IRP_SET_USER_EVENT, the other name of IRP_CLOSE_OPERATION: the sender waits for its event and keeps its packet.</summary>
    [Fact]
    public void A_request_that_only_sets_an_event_leaves_the_packet_to_its_sender()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        Irp? kept = null;
        driver.Dispatch = (irp, _) =>
        {
            kept = irp;
            return driver.Complete(irp, NtStatus.DeviceNotReady);
        };
        var block = new IoStatusBlock(test.Memory, test.Allocate(16));
        var done = new KEvent(test.Memory, test.Kernel.Ke.CreateEvent(synchronization: false));
        test.Run(_ => SendPaging(test, device, null, block.Address, done, IrpFlags.SetUserEvent));
        Assert.Equal(NtStatus.DeviceNotReady, block.Status);
        Assert.NotEqual(0, done.Header.SignalState);
        Assert.Equal(6, kept!.Value.Type);
        test.CallNow("IoFreeIrp", kept.Value.Address.Value);
    }

    [Theory]
    [InlineData(IrpFlags.ObQueryName, false)]
    [InlineData(IrpFlags.None, true)]
    public void A_query_for_a_name_sets_its_own_event_and_leaves_that_of_the_file_alone(IrpFlags flags, bool setsFileEvent)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device");
        var file = new FileObject(test.Memory, test.Kernel.Ob.FindHandle(application.Process, handle)!.Value.Body);
        var done = new KEvent(test.Memory, test.Kernel.Ke.CreateEvent(synchronization: false));
        driver.Dispatch = (irp, _) => driver.Complete(irp, NtStatus.Success);
        test.Kernel.Ke.Signal(file.Event.Address, 0);
        test.Run(async thread =>
        {
            test.Kernel.Ob.Reference(file.Address, ReferenceCause.PendingIrp);
            test.Kernel.Ob.Reference(done.Address, ReferenceCause.PendingIrp);
            await SendPaging(test, device, file, test.Allocate(16), done, flags | IrpFlags.SynchronousApi, irp => irp.SetThread(test.Memory, new EThread(test.Memory, thread.Address)));
            await test.Kernel.Scheduler.Yield();
        });
        Assert.NotEqual(0, done.Header.SignalState);
        Assert.Equal(setsFileEvent, file.Event.Header.SignalState != 0);
    }

    [Fact]
    [Trait("Spec", "U-3.73")]
    public void Cleanup_and_close_carry_the_flag_of_a_close_operation_and_other_requests_do_not()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        var closing = new Dictionary<IrpMajor, bool>();
        driver.Dispatch = (irp, location) =>
        {
            closing[location.MajorFunction] = (irp.Flags & IrpFlags.CloseOperation) != 0;
            return driver.Complete(irp, NtStatus.Success);
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device");
        application.Control(handle, 0x22_2003, [], 0);
        application.Close(handle);
        Assert.Equal(
            new Dictionary<IrpMajor, bool> { [IrpMajor.Create] = false, [IrpMajor.DeviceControl] = false, [IrpMajor.Cleanup] = true, [IrpMajor.Close] = true }, closing);
    }

    [Fact]
    public void An_associated_request_is_marked_and_its_completion_counts_down_its_master()
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
        test.Run(async _ =>
        {
            var master = test.Kernel.Io.AllocateIrp(2);
            test.Kernel.Io.NextLocation(master).SetMajorFunction(test.Memory, IrpMajor.Read);
            master.SetIrpCount(test.Memory, 2);
            var part = new Irp(test.Memory, new VirtualAddress(await test.Call("IoMakeAssociatedIrp", master.Address.Value, 1)));
            Assert.True((part.Flags & IrpFlags.AssociatedIrp) != 0);
            Assert.Equal(master.Address, part.MasterIrp!.Value.Address);
            await test.Call("IofCallDriver", device.Address.Value, part.Address.Value);
            Assert.Equal(2, master.IrpCount);
            await driver.Complete(kept!.Value, NtStatus.Success);
            Assert.Equal(1, master.IrpCount);
        });
    }

    /// <summary>A packet of StartIo that is cancelled in the queue leaves it, and the one behind it is started in its turn.</summary>
    [Fact]
    public void A_request_cancelled_in_the_StartIo_queue_is_never_started()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        var started = new List<VirtualAddress>();
        driver.Object.SetDriverStartIo(test.Memory, test.Routine(arguments =>
        {
            started.Add(new VirtualAddress(arguments[1]));
            return GuestTask.FromResult(0UL);
        }));
        var cancel = test.Routine(async arguments =>
        {
            var irp = new Irp(test.Memory, new VirtualAddress(arguments[1]));
            Assert.NotEqual(device.CurrentIrp!.Value.Address, irp.Address);
            Assert.Equal(1UL, (byte)await test.Call("KeRemoveEntryDeviceQueue", device.DeviceQueue.Address.Value, irp.DeviceQueueEntry.Address.Value));
            await test.Call("IoReleaseCancelSpinLock", (ulong)irp.CancelIrql);
            await driver.Complete(irp, NtStatus.Cancelled);
            return 0;
        });
        driver.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return await driver.Complete(irp, NtStatus.Success);
            driver.Pend(location);
            await test.Call("IoStartPacket", device.Address.Value, irp.Address.Value, 0, cancel.Value);
            return NtStatus.Pending;
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Device", synchronous: false);
        var requests = Enumerable.Range(0, 3).Select(_ => application.Control(handle, 0x22_2000, [1], 1).Pending!).ToArray();
        var second = requests[1].Irp;
        Assert.True(test.Run(_ => test.Kernel.Io.Cancel(requests[1])));
        Assert.Equal(NtStatus.Cancelled, test.Run(_ => test.Kernel.Io.WaitFor(requests[1])).Status);
        test.Run(async _ =>
        {
            var current = device.CurrentIrp!.Value;
            current.SetCancelRoutine(test.Memory, VirtualAddress.Null);
            await driver.Complete(current, NtStatus.Success);
            await test.Call("IoStartNextPacket", device.Address.Value, 1);
        });
        Assert.Equal([requests[0].Irp, requests[2].Irp], started);
        Assert.DoesNotContain(second, started);
    }

    private static async GuestTask SendPaging(KernelTest test, DeviceObject device, FileObject? file, VirtualAddress statusBlock, KEvent? done, IrpFlags flags, Action<Irp>? prepare = null)
    {
        var irp = test.Kernel.Io.AllocateIrp(1);
        prepare?.Invoke(irp);
        irp.SetFlags(test.Memory, flags);
        irp.SetUserIosb(test.Memory, statusBlock);
        irp.SetUserEvent(test.Memory, done);
        irp.SetOriginalFileObject(test.Memory, file);
        test.Kernel.Io.NextLocation(irp).SetMajorFunction(test.Memory, IrpMajor.Read);
        await test.Kernel.Io.IofCallDriver(device, irp);
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Requests that drivers build for other drivers.</summary>
public sealed class BuiltRequestTests
{
    [Fact]
    public void A_built_read_waits_for_its_event_and_carries_length_and_offset()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device", DeviceFlags.BufferedIo);
        Irp? kept = null;
        driver.Dispatch = (irp, location) =>
        {
            Assert.Equal((IrpMajor.Read, 4u, 0x1000L), (location.MajorFunction, location.ReadLength, location.ReadByteOffset));
            test.Memory.Write(irp.SystemBuffer, [4, 3, 2, 1]);
            kept = irp;
            return GuestTask.FromResult(driver.Pend(location));
        };
        var (buffer, offset, done, iosb) = (test.Allocate(8), test.Time(0x1000), test.Kernel.Ke.CreateEvent(false), test.Allocate(16));
        test.Run(async _ =>
        {
            var irp = await test.Call(
                "IoBuildSynchronousFsdRequest", (ulong)IrpMajor.Read, device.Address.Value, buffer.Value, 4, offset, done.Value, iosb.Value);
            Assert.Equal(NtStatus.Pending, new NtStatus((int)await test.Call("IofCallDriver", device.Address.Value, irp)));
            await driver.Complete(kept!.Value, NtStatus.Success, 4);
            await test.Call("KeWaitForSingleObject", done.Value, 0, 0, 0, 0);
        });
        Assert.Equal(0x01020304u, test.Memory.ReadUInt32(buffer));
        Assert.Equal(4UL, test.Memory.ReadUInt64(iosb + 8));
    }

    [Fact]
    public void A_request_that_fails_at_once_leaves_event_and_status_block_alone()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = (irp, _) => driver.Complete(irp, NtStatus.DeviceNotReady, 0);
        var (done, iosb) = (test.Kernel.Ke.CreateEvent(false), test.Allocate(16));
        test.Memory.WriteUInt32(iosb, 0x1234);
        test.Run(async _ =>
        {
            var irp = await test.Call("IoBuildDeviceIoControlRequest", 0x22_2003, device.Address.Value, 0, 0, 0, 0, 1, done.Value, iosb.Value);
            Assert.Equal(NtStatus.DeviceNotReady, new NtStatus((int)await test.Call("IofCallDriver", device.Address.Value, irp)));
        });
        Assert.Equal(["InternalDeviceControl"], driver.Log);
        Assert.Equal(0u, (uint)test.CallNow("KeReadStateEvent", done.Value));
        Assert.Equal(0x1234u, test.Memory.ReadUInt32(iosb));
    }

    [Fact]
    public void An_asynchronous_write_is_freed_by_its_senders_completion_routine()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = (irp, location) =>
        {
            Assert.Equal((IrpMajor.Write, 2u), (location.MajorFunction, location.WriteLength));
            return driver.Complete(irp, NtStatus.Success, 2);
        };
        var freed = VirtualAddress.Null;
        var completion = test.Routine(async arguments =>
        {
            freed = new VirtualAddress(arguments[1]);
            await test.Call("IoFreeIrp", arguments[1]);
            return NtStatus.MoreProcessingRequired.Code;
        });
        test.Run(async _ =>
        {
            var irp = await test.Call("IoBuildAsynchronousFsdRequest", (ulong)IrpMajor.Write, device.Address.Value, test.Allocate(2).Value, 2, 0, 0);
            var location = test.Kernel.Io.NextLocation(new Irp(test.Memory, new VirtualAddress(irp)));
            location.SetCompletionRoutine(test.Memory, completion);
            location.SetControl(test.Memory, StackLocationControl.InvokeOnSuccess);
            await test.Call("IofCallDriver", device.Address.Value, irp);
            Assert.Equal(irp, freed.Value);
        });
        Assert.Contains(test.Kernel.Trace.Of<IrpRecord>(), r => r.Step == IrpStep.Freed && r.Irp == freed);
    }

    [Fact]
    public void The_last_associated_request_completes_its_master()
    {
        using var test = KernelTest.Boot();
        var (master, lower) = (TestDriver.Load(test, "master"), TestDriver.Load(test, "lower"));
        master.CreateDevice("Master");
        var device = lower.CreateDevice("Lower");
        master.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return await master.Complete(irp, NtStatus.Success);
            master.Pend(location);
            irp.IoStatus.SetStatus(test.Memory, NtStatus.Success);
            irp.SetIrpCount(test.Memory, 2);
            for (var i = 0; i < 2; i++)
            {
                var part = await test.Call("IoMakeAssociatedIrp", irp.Address.Value, (ulong)device.StackSize);
                test.Kernel.Io.NextLocation(new Irp(test.Memory, new VirtualAddress(part))).SetMajorFunction(test.Memory, IrpMajor.Read);
                await test.Call("IofCallDriver", device.Address.Value, part);
            }

            return NtStatus.Pending;
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Master");
        Assert.Equal(NtStatus.Success, application.Control(handle, 0x22_2003, [], 0).Status);
        Assert.Equal(["Read", "Read"], lower.Log);
    }

    [Fact]
    public void A_packet_in_the_drivers_own_memory_is_laid_out_and_used_again()
    {
        using var test = KernelTest.Boot();
        var bytes = test.Kernel.Io.SizeOfIrp(3);
        var irp = new Irp(test.Memory, test.Allocate(bytes));
        test.CallNow("IoInitializeIrp", irp.Address.Value, bytes, 3);
        Assert.Equal((6, bytes, 3, 4), (irp.Type, irp.Size, irp.StackCount, irp.CurrentLocation));
        Assert.Equal(irp.Address + (int)bytes, irp.CurrentStackLocation!.Value.Address);
        irp.SetCurrentLocation(test.Memory, 1);
        irp.SetCancel(test.Memory, true);
        test.CallNow("IoReuseIrp", irp.Address.Value, NtStatus.NotSupported.Code);
        Assert.Equal((4, false, NtStatus.NotSupported), (irp.CurrentLocation, (bool)irp.Cancel, irp.IoStatus.Status));
    }

    [Fact]
    public void A_cancelled_packet_that_nobody_can_cancel_is_only_marked()
    {
        using var test = KernelTest.Boot();
        var irp = new Irp(test.Memory, new VirtualAddress(test.CallNow("IoAllocateIrpEx", TestDriver.Load(test, "d").CreateDevice(null).Address.Value, 1, 0)));
        Assert.Equal(0, (byte)test.CallNow("IoCancelIrp", irp.Address.Value));
        Assert.True((bool)irp.Cancel);
        test.CallNow("IoFreeIrp", irp.Address.Value);
    }

    [Fact]
    public void The_cancel_spin_lock_raises_to_dispatch_level_and_asking_for_it_twice_is_a_deadlock()
    {
        using var test = KernelTest.Boot();
        var irql = test.Allocate(1);
        test.Run(async _ =>
        {
            await test.Call("IoAcquireCancelSpinLock", irql.Value);
            Assert.Equal(Irql.Dispatch, test.Kernel.Ke.CurrentIrql);
            await test.Call("IoReleaseCancelSpinLock", test.Memory.ReadByte(irql));
            Assert.Equal(Irql.Passive, test.Kernel.Ke.CurrentIrql);
        });
        test.RunToStop(async _ =>
        {
            await test.Call("IoAcquireCancelSpinLock", irql.Value);
            await test.Call("IoAcquireCancelSpinLock", irql.Value);
        });
    }

    [Fact]
    public void A_driver_knows_which_process_sent_a_request_and_what_its_handle_may_do()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        driver.CreateDevice("Device");
        var seen = new List<NtStatus>();
        driver.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction == IrpMajor.DeviceControl)
            {
                Assert.Equal(test.Kernel.Ps.SystemProcess.Value, await test.Call("IoGetRequestorProcess", irp.Address.Value));
                Assert.Equal(4u, (uint)await test.Call("IoGetRequestorProcessId", irp.Address.Value));
                for (var access = 0UL; access < 5; access++)
                    seen.Add(new NtStatus((int)await test.Call("IoValidateDeviceIoControlAccess", irp.Address.Value, access)));
            }

            return await driver.Complete(irp, NtStatus.Success);
        };
        var application = new TestApplication(test);
        var opened = test.Run(_ => test.Kernel.Io.Open(new OpenRequest
        {
            Path = @"\Device\Device", Process = application.Process, UserMode = true, DesiredAccess = 0x8000_0000,
        }));
        application.Control(opened.Handle, 0x22_2003, [], 0);
        Assert.Equal([NtStatus.Success, NtStatus.Success, NtStatus.AccessDenied, NtStatus.AccessDenied, NtStatus.InvalidParameter], seen);
    }
}

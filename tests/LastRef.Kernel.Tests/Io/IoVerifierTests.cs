using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Rules of requests whose breach Driver Verifier ends with bug check 0xC9; parameter 1 says which.</summary>
public sealed class IoVerifierTests
{
    [Fact]
    public void Freeing_a_packet_twice_is_kind_1()
    {
        Check(1, async (test, device) =>
        {
            var irp = await test.Call("IoAllocateIrp", 1, 0);
            await test.Call("IoFreeIrp", irp);
            await test.Call("IoFreeIrp", irp);
        });
    }

    [Fact]
    public void Freeing_a_packet_that_belongs_to_its_thread_is_kind_2()
    {
        Check(2, async (test, device) =>
        {
            var irp = await test.Call("IoBuildDeviceIoControlRequest", 0x22_2003, device.Address.Value, 0, 0, 0, 0, 0, 0, test.Allocate(16).Value);
            await test.Call("IoFreeIrp", irp);
        });
    }

    [Fact]
    public void Sending_a_freed_packet_is_kind_3()
    {
        Check(3, async (test, device) =>
        {
            var irp = await test.Call("IoAllocateIrp", 1, 0);
            await test.Call("IoFreeIrp", irp);
            await test.Call("IofCallDriver", device.Address.Value, irp);
        });
    }

    [Fact]
    public void Returning_from_a_dispatch_routine_at_another_irql_is_kind_5()
    {
        var stop = Check(
            5, SendRead, async (test, driver, irp) =>
            {
                await test.Call("KfRaiseIrql", 2);
                return driver.Pend(irp.CurrentStackLocation!.Value);
            });
        Assert.Equal((0UL, 2UL), (stop.Parameter3, stop.Parameter4));
    }

    [Fact]
    public void Completing_with_status_pending_is_kind_6() =>
        Check(6, SendRead, (_, driver, irp) => driver.Complete(irp, NtStatus.Pending));

    [Fact]
    public void Completing_with_a_cancel_routine_set_is_kind_7()
    {
        Check(7, SendRead, (test, driver, irp) =>
        {
            irp.SetCancelRoutine(test.Memory, new VirtualAddress(0x1234));
            return driver.Complete(irp, NtStatus.Success);
        });
    }

    private static async GuestTask SendRead(KernelTest test, DeviceObject device)
    {
        var irp = await test.Call("IoAllocateIrp", 1, 0);
        test.Kernel.Io.NextLocation(new Irp(test.Memory, new VirtualAddress(irp))).SetMajorFunction(test.Memory, IrpMajor.Read);
        await test.Call("IofCallDriver", device.Address.Value, irp);
    }

    private static MachineStop.BugCheck Check(
        ulong kind, Func<KernelTest, DeviceObject, GuestTask> work, Func<KernelTest, TestDriver, Irp, GuestTask<NtStatus>>? dispatch = null)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        if (dispatch is not null)
            driver.Dispatch = (irp, _) => dispatch(test, driver, irp);
        var stop = test.RunToBugCheck(_ => work(test, device));
        Assert.Equal((0xC9u, kind), (stop.Code, stop.Parameter1));
        return stop;
    }
}

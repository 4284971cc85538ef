using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class KernelMiscTests
{
    [Fact]
    public void A_device_queue_is_busy_from_the_first_insertion_until_it_is_found_empty()
    {
        using var test = KernelTest.Boot();
        var (queue, first, second) = (test.Allocate(0x28), test.Allocate(0x18), test.Allocate(0x18));
        test.Run(async _ =>
        {
            await test.Call("KeInitializeDeviceQueue", queue.Value);
            Assert.Equal(0u, (byte)await test.Call("KeInsertDeviceQueue", queue.Value, first.Value));
            Assert.Equal(1u, (byte)await test.Call("KeInsertDeviceQueue", queue.Value, first.Value));
            Assert.Equal(1u, (byte)await test.Call("KeInsertByKeyDeviceQueue", queue.Value, second.Value, 7));
            Assert.Equal(second.Value, await test.Call("KeRemoveByKeyDeviceQueue", queue.Value, 5));
            Assert.Equal(first.Value, await test.Call("KeRemoveDeviceQueue", queue.Value));
            Assert.Equal(0UL, await test.Call("KeRemoveDeviceQueue", queue.Value));
            Assert.False(new KDeviceQueue(test.Memory, queue).Busy);
        });
    }

    [Fact]
    public void A_callout_gets_the_stack_it_asked_for()
    {
        using var test = KernelTest.Boot();

        // push rbx; mov rbx,rcx; sub rsp,10000h; mov [rsp],rbx; mov [rbx],rsp; add rsp,10000h; pop rbx; ret
        var code = test.Code(
            0x53, 0x48, 0x89, 0xCB, 0x48, 0x81, 0xEC, 0, 0, 1, 0, 0x48, 0x89, 0x1C, 0x24, 0x48, 0x89, 0x23, 0x48, 0x81, 0xC4, 0, 0, 1, 0, 0x5B, 0xC3);
        var result = test.Allocate(8);
        test.Run(async thread =>
        {
            Assert.Equal(0u, (uint)await test.Call("KeExpandKernelStackAndCallout", code.Value, result.Value, 0x11000));
            var rsp = test.Memory.ReadPointer(result);
            Assert.False(rsp >= thread.StackLimit && rsp < thread.StackBase);
        });
    }

    [Fact]
    public void The_machine_has_one_processor_whoever_asks()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(1UL, test.CallNow("KeQueryActiveProcessors"));
        Assert.Equal(1UL, test.CallNow("KeQueryActiveProcessorCountEx", 0xFFFF));
        Assert.Equal(0UL, test.CallNow("KeQueryActiveProcessorCountEx", 1));
        Assert.Equal(1, test.Memory.ReadByte(test.Export("KeNumberProcessors")));
        Assert.Equal(0UL, test.CallNow("KeGetCurrentProcessorNumberEx", 0));
    }

    [Fact]
    public void Clocks_agree_with_shared_user_data()
    {
        using var test = KernelTest.Boot();
        test.CallNow("KeStallExecutionProcessor", 50);
        var time = test.Allocate(8);
        test.CallNow("KeQuerySystemTimePrecise", time.Value);
        Assert.Equal(test.Memory.ReadUInt64(AddressMap.SharedUserData + 0x14), test.Memory.ReadUInt64(time));
        Assert.Equal(test.Memory.ReadUInt64(AddressMap.SharedUserData + 8), test.CallNow("KeQueryInterruptTime"));
    }

    [Fact]
    public void Broadcast_code_runs_at_ipi_level_and_hands_its_result_back()
    {
        using var test = KernelTest.Boot();
        var irql = Irql.Passive;
        var routine = test.Routine(arguments =>
        {
            irql = test.Kernel.Ke.CurrentIrql;
            return GuestTask.FromResult(arguments[0] + 1);
        });
        Assert.Equal(42UL, test.CallNow("KeIpiGenericCall", routine.Value, 41));
        Assert.Equal(Irql.Ipi, irql);
    }

    [Fact]
    public void A_back_trace_lists_the_return_addresses_of_driver_code()
    {
        using var test = KernelTest.Boot();
        var trace = test.Allocate(64);

        // sub rsp,28h; call rax through rdx; ret: the address behind the call is what the trace must show first.
        var code = test.Code(
            0x48, 0x83, 0xEC, 0x28, 0x48, 0x89, 0xD0, 0x49, 0x89, 0xC8, 0x31, 0xC9, 0xBA, 4, 0, 0, 0, 0x4D, 0x31, 0xC9, 0xFF, 0xD0, 0x48, 0x83, 0xC4, 0x28, 0xC3);
        var frames = test.Run(thread => thread.Call(code, trace.Value, test.Export("RtlCaptureStackBackTrace").Value));
        Assert.True((ushort)frames >= 1);
        Assert.Equal((code + 22).Value, test.Memory.ReadUInt64(trace));
    }

    [Fact]
    public void Ports_and_configuration_space_without_devices_read_as_ones()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(0xFFu, test.Kernel.Hal.ReadPort(0x60, 1));
        var buffer = test.Allocate(4);
        Assert.Equal(2u, (uint)test.CallNow("HalGetBusDataByOffset", 4, 0, 0, buffer.Value, 0, 4));
        Assert.Equal(0xFFFF, test.Memory.ReadUInt16(buffer));
    }
}

using LastRef.Kernel;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>Questions about processors, threads, time and the stack.</summary>
public sealed class ProcessorTests
{
    private const ulong OnlyProcessor = 1;
    private const ulong AllGroups = 0xFFFF;

    [Fact]
    public void One_processor_in_one_group_on_one_node()
    {
        using var test = KernelTest.Boot();
        var (mask, number) = (test.Allocate(8), test.Allocate(4));
        Assert.Equal(1u, (uint)test.CallNow("KeQueryActiveProcessorCount", mask.Value));
        Assert.Equal(OnlyProcessor, test.Value(mask));
        Assert.Equal(1u, (uint)test.CallNow("KeQueryMaximumProcessorCount"));
        Assert.Equal(1u, (uint)test.CallNow("KeQueryMaximumProcessorCountEx", AllGroups));
        Assert.Equal(0u, (uint)test.CallNow("KeQueryMaximumProcessorCountEx", 1));
        Assert.Equal((1, 1), ((ushort)test.CallNow("KeQueryActiveGroupCount"), (ushort)test.CallNow("KeQueryMaximumGroupCount")));
        Assert.Equal((OnlyProcessor, 0UL), (test.CallNow("KeQueryGroupAffinity", 0), test.CallNow("KeQueryGroupAffinity", 1)));
        Assert.Equal((0, 0), ((ushort)test.CallNow("KeQueryHighestNodeNumber"), (ushort)test.CallNow("KeGetCurrentNodeNumber")));
        Assert.Equal(NtStatus.Success, test.Status("KeGetProcessorNumberFromIndex", 0, number.Value));
        Assert.Equal(0u, (uint)test.CallNow("KeGetProcessorIndexFromNumber", number.Value));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("KeGetProcessorNumberFromIndex", 1, number.Value));
        test.Memory.WriteByte(number + 2, 1);
        Assert.Equal(uint.MaxValue, (uint)test.CallNow("KeGetProcessorIndexFromNumber", number.Value));
        Assert.Equal(64u, (uint)test.CallNow("KeGetRecommendedSharedDataAlignment"));
    }

    [Fact]
    public void State_is_saved_per_thread_and_caches_need_no_care()
    {
        using var test = KernelTest.Boot();
        var (save, mdl) = (test.Allocate(0x200).Value, test.Allocate(0x40).Value);
        Assert.Equal(NtStatus.Success, test.Status("KeSaveFloatingPointState", save));
        Assert.Equal(NtStatus.Success, test.Status("KeRestoreFloatingPointState", save));
        Assert.Equal(NtStatus.Success, test.Status("KeSaveExtendedProcessorState", 7, save));
        test.CallNow("KeRestoreExtendedProcessorState", save);
        test.CallNow("KeFlushIoBuffers", mdl, 1, 1);
        Assert.True(test.Boolean("KeInvalidateAllCaches"));
        var text = test.Bytes("kept");
        test.CallNow("KeInvalidateRangeAllCaches", text, 4);
        Assert.Equal("kept", test.ReadBytes(text));
    }

    [Fact]
    public void Affinity_is_always_the_only_processor()
    {
        using var test = KernelTest.Boot();
        var (affinity, previous) = (test.Allocate(16), test.Allocate(16));
        test.Memory.WriteUInt64(previous, ulong.MaxValue);
        test.Run(async thread =>
        {
            await test.Call("KeSetSystemAffinityThread", OnlyProcessor);
            Assert.Equal(0u, (uint)await test.Call("KeGetCurrentProcessorNumberEx", 0));
            await test.Call("KeRevertToUserAffinityThread");
            var before = await test.Call("KeSetSystemAffinityThreadEx", OnlyProcessor);
            Assert.Equal(0UL, before); // none was set
            await test.Call("KeRevertToUserAffinityThreadEx", before);
            await test.Call("KeSetSystemGroupAffinityThread", affinity.Value, previous.Value);
            Assert.Equal(0UL, test.Value(previous));
            await test.Call("KeRevertToUserGroupAffinityThread", previous.Value);
            Assert.Equal(0, (byte)await test.Call("KeSetIdealProcessorThread", thread.Address.Value, 0));
            Assert.Equal(1, (byte)await test.Call("KeSetKernelStackSwapEnable", 0));
            Assert.Equal(0, (byte)await test.Call("KeTestAlertThread", 0));
        });
    }

    [Fact]
    public void A_base_priority_is_an_increment_over_that_of_the_process()
    {
        using var test = KernelTest.Boot();
        test.Run(async thread =>
        {
            var address = thread.Address.Value;
            var before = (int)(uint)await test.Call("KeSetBasePriorityThread", address, 2);
            Assert.Equal(10, (int)(uint)await test.Call("KeQueryPriorityThread", address)); // System has 8
            Assert.Equal(2, (int)(uint)await test.Call("KeSetBasePriorityThread", address, 100));
            Assert.Equal(15, (int)(uint)await test.Call("KeQueryPriorityThread", address)); // the highest that is not real-time
            await test.Call("KeSetBasePriorityThread", address, unchecked((ulong)before));
        });
    }

    [Fact]
    public void All_clocks_show_the_same_virtual_time()
    {
        using var test = KernelTest.Boot();
        var value = test.Allocate(8);
        test.Run(async thread =>
        {
            await test.Call("KeDelayExecutionThread", 0, 0, test.Time(-10_000_000));
            var interrupt = await test.Call("KeQueryInterruptTimePrecise", value.Value);
            Assert.InRange(interrupt, 10_000_000UL, 11_000_000UL);
            Assert.Equal(await test.Call("KeQueryPerformanceCounter", 0), test.Value(value));
            Assert.Equal(interrupt, await test.Call("KeQueryUnbiasedInterruptTime"));
            await test.Call("KeQuerySystemTime", value.Value);
            Assert.Equal((ulong)test.Kernel.Ke.BootTime + interrupt, test.Value(value));
            await test.Call("KeQueryTickCount", value.Value);
            Assert.Equal(interrupt / await test.Call("KeQueryTimeIncrement"), test.Value(value));
            Assert.Equal(0u, (uint)await test.Call("KeQueryRuntimeThread", thread.Address.Value, value.Value));
        });
    }

    [Fact]
    [Trait("Spec", "U-6.55")]
    public void A_coalescable_timer_comes_no_earlier_than_asked_for()
    {
        using var test = KernelTest.Boot();
        var timer = test.Allocate(0x40).Value;
        test.CallNow("KeInitializeTimer", timer);
        test.Run(async _ =>
        {
            var start = await test.Call("KeQueryInterruptTime");
            Assert.Equal(0, (byte)await test.Call("KeSetCoalescableTimer", timer, unchecked((ulong)-5_000_000L), 0, 50, 0));
            Assert.Equal(1, (byte)await test.Call("KeSetCoalescableTimer", timer, unchecked((ulong)-5_000_000L), 0, 50, 0)); // it was set
            await test.Call("KeWaitForSingleObject", timer, 0, 0, 0, 0);
            Assert.InRange(await test.Call("KeQueryInterruptTime") - start, 5_000_000UL, 5_500_000UL);
        });
    }

    [Fact]
    public void The_extended_callout_runs_its_routine_too()
    {
        using var test = KernelTest.Boot();
        var seen = new List<ulong>();
        var routine = test.Routine(arguments =>
        {
            seen.Add(arguments[0]);
            return GuestTask.FromResult(0UL);
        });
        Assert.Equal(NtStatus.Success, test.Status("KeExpandKernelStackAndCalloutEx", routine.Value, 0x77, 0x4000, 0, 0));
        Assert.Equal([0x77UL], seen);
        Assert.Equal(NtStatus.InvalidParameter3, test.Status("KeExpandKernelStackAndCalloutEx", routine.Value, 0x77, 0x100_0000, 0, 0));
    }

    [Fact]
    public void A_function_is_found_in_pdata_and_unwound_from_its_first_instruction()
    {
        using var test = KernelTest.Boot();
        var driver = test.Load("t-unwind.sys");
        var image = test.Kernel.Images.FindLoaded("t-unwind.sys")!;
        var function = image.Pe!.RuntimeFunctions[0];
        var imageBase = test.Allocate(8);
        var entry = new VirtualAddress(test.CallNow("RtlLookupFunctionEntry", (image.Base + function.Begin.Value).Value, imageBase.Value, 0));
        Assert.Equal(image.Base, test.Memory.ReadPointer(imageBase));
        Assert.Equal((function.Begin.Value, function.End.Value), (test.Memory.ReadUInt32(entry), test.Memory.ReadUInt32(entry + 4)));
        Assert.Equal(image.Base.Value, test.CallNow("RtlPcToFileHeader", driver.DriverUnload.Value, imageBase.Value));
        Assert.Equal(0UL, test.CallNow("RtlPcToFileHeader", 0x1000, imageBase.Value));
        Assert.Equal(0UL, test.CallNow("RtlLookupFunctionEntry", 0x1000, imageBase.Value, 0));

        // At the first instruction nothing has been pushed: the return address is on top of the stack.
        var (context, stack, data, frame) = (test.Allocate(0x4D0), test.Allocate(0x40), test.Allocate(8), test.Allocate(8));
        const int rsp = 0x98, rip = 0xF8;
        test.Memory.WriteUInt64(stack, 0x1122_3344);
        test.Memory.WriteUInt64(context + rsp, stack.Value);
        test.CallNow(
            "RtlVirtualUnwind", 0, image.Base.Value, (image.Base + function.Begin.Value).Value, entry.Value, context.Value, data.Value, frame.Value, 0);
        Assert.Equal((0x1122_3344UL, stack.Value + 8), (test.Memory.ReadUInt64(context + rip), test.Memory.ReadUInt64(context + rsp)));
    }

    [Fact]
    public void A_captured_context_is_that_of_the_caller_and_a_frame_chain_begins_there()
    {
        using var test = KernelTest.Boot();
        var (context, frames) = (test.Allocate(0x4D0), test.Allocate(0x40));

        // sub rsp,28h; call rdx; add rsp,28h; ret: rdx holds the routine and rcx the context.
        var capture = test.Code(0x48, 0x83, 0xEC, 0x28, 0xFF, 0xD2, 0x48, 0x83, 0xC4, 0x28, 0xC3);
        test.Run(thread => thread.Call(capture, context.Value, test.Export("RtlCaptureContext").Value));
        const int rcx = 0x80, rip = 0xF8;
        Assert.Equal(((capture + 6).Value, context.Value), (test.Memory.ReadUInt64(context + rip), test.Memory.ReadUInt64(context + rcx)));

        // sub rsp,28h; mov rax,rdx; mov edx,4; xor r8d,r8d; call rax; add rsp,28h; ret.
        var walk = test.Code(
            0x48, 0x83, 0xEC, 0x28, 0x48, 0x89, 0xD0, 0xBA, 4, 0, 0, 0, 0x45, 0x31, 0xC0, 0xFF, 0xD0, 0x48, 0x83, 0xC4, 0x28, 0xC3);
        var count = (uint)test.Run(thread => thread.Call(walk, frames.Value, test.Export("RtlWalkFrameChain").Value));
        Assert.True(count >= 1);
        Assert.Equal((walk + 17).Value, test.Value(frames));
        Assert.Equal(0u, (uint)test.CallNow("RtlWalkFrameChain", frames.Value, 4, 1)); // there are no user frames
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What drivers register with the kernel core, and raise in it .</summary>
public sealed class RegistrationTests
{
    [Theory]
    [InlineData("KeRegisterBugCheckCallback", "KeDeregisterBugCheckCallback")]
    [InlineData("KeRegisterBugCheckReasonCallback", "KeDeregisterBugCheckReasonCallback")]
    [Trait("Spec", "R-43")]
    public void A_bug_check_callback_is_registered_once_and_taken_back_once(string register, string deregister)
    {
        using var test = KernelTest.Boot();
        var (record, routine) = (test.Allocate(0x40).Value, test.Code(0xC3).Value);
        var component = test.Bytes("lab");
        ulong[] arguments = register.Contains("Reason", StringComparison.Ordinal) ? [record, routine, 2, component] : [record, routine, 0, 0, component];
        Assert.False(test.Boolean(deregister, record));
        Assert.True(test.Boolean(register, arguments));
        Assert.False(test.Boolean(register, arguments));
        Assert.True(test.Boolean(deregister, record));
        Assert.False(test.Boolean(deregister, record));
        Assert.True(test.Boolean(register, arguments));
        Assert.Equal([(true, routine), (false, routine), (true, routine)], Records(test, RegistrationKind.BugCheckCallback));
    }

    [Fact]
    [Trait("Spec", "R-43")]
    public void An_nmi_callback_has_a_handle()
    {
        using var test = KernelTest.Boot();
        var routine = test.Code(0xC3).Value;
        var handle = test.CallNow("KeRegisterNmiCallback", routine, 0);
        Assert.NotEqual(0UL, handle);
        Assert.Equal(NtStatus.Success, test.Status("KeDeregisterNmiCallback", handle));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("KeDeregisterNmiCallback", handle));
        Assert.Equal([(true, routine), (false, routine)], Records(test, RegistrationKind.NmiCallback));
    }

    [Fact]
    [Trait("Spec", "R-43")]
    public void A_processor_callback_hears_of_the_existing_processor_and_may_refuse_it()
    {
        const ulong addExisting = 1;
        using var test = KernelTest.Boot();
        var states = new List<uint>();
        var answer = 0u;
        var routine = test.Routine(arguments =>
        {
            states.Add(test.Memory.ReadUInt32(new VirtualAddress(arguments[1])));
            test.Memory.WriteUInt32(new VirtualAddress(arguments[2]), answer);
            return GuestTask.FromResult(0UL);
        });
        var handle = test.CallNow("KeRegisterProcessorChangeCallback", routine.Value, 0, addExisting);
        Assert.NotEqual(0UL, handle);
        Assert.Equal([0u, 1u], states); // KeProcessorAddStartNotify, KeProcessorAddCompleteNotify
        test.CallNow("KeDeregisterProcessorChangeCallback", handle);
        answer = NtStatus.Unsuccessful.Code;
        Assert.Equal(0UL, test.CallNow("KeRegisterProcessorChangeCallback", routine.Value, 0, addExisting));
        Assert.Equal([(true, routine.Value), (false, routine.Value)], Records(test, RegistrationKind.ProcessorChange));
    }

    [Fact]
    public void A_bug_check_without_parameters_has_its_code()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ => await test.Call("KeBugCheck", 0xE2));
        Assert.Equal((0xE2u, 0UL), (stop.Code, stop.Parameter1));
    }

    [Theory]
    [InlineData("ExRaiseAccessViolation", 0xC0000005)]
    [InlineData("ExRaiseDatatypeMisalignment", 0x80000002)]
    [InlineData("RtlRaiseStatus", 0xC0000120)]
    [InlineData("ExRaiseStatus", 0xC0000120)]
    public void A_raised_status_that_nobody_handles_ends_the_machine(string routine, uint code)
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ => await test.Call(routine, code));
        Assert.Equal((0x7Eu, code), (stop.Code, (uint)stop.Parameter1));
    }

    [Fact]
    public void A_removed_dpc_and_apc_and_queue_entry_are_out_of_their_queues()
    {
        using var test = KernelTest.Boot();
        var (dpc, queue, entry, other) = (test.Allocate(0x40).Value, test.Allocate(0x28).Value, test.Allocate(0x18).Value, test.Allocate(0x18).Value);
        var ran = 0;
        var routine = test.Routine(_ => GuestTask.FromResult((ulong)++ran));
        test.Run(async _ =>
        {
            await test.Call("KeInitializeDpc", dpc, routine.Value, 0);
            var old = await test.Call("KfRaiseIrql", 2);
            await test.Call("KeInsertQueueDpc", dpc, 0, 0);
            Assert.Equal(1, (byte)await test.Call("KeRemoveQueueDpcEx", dpc, 0));
            Assert.Equal(0, (byte)await test.Call("KeRemoveQueueDpcEx", dpc, 0));
            await test.Call("KeLowerIrql", old);
            await test.Call("KeInitializeDeviceQueue", queue);
            Assert.Equal(0, (byte)await test.Call("KeInsertDeviceQueue", queue, other)); // becomes busy, inserts nothing
            Assert.Equal(1, (byte)await test.Call("KeInsertDeviceQueue", queue, entry));
            Assert.Equal(1, (byte)await test.Call("KeRemoveEntryDeviceQueue", queue, entry));
            Assert.Equal(0, (byte)await test.Call("KeRemoveEntryDeviceQueue", queue, entry));
            Assert.Equal(0UL, await test.Call("KeRemoveDeviceQueue", queue));
        });
        Assert.Equal(0, ran);
    }

    [Fact]
    public void An_apc_that_is_removed_in_time_does_not_run()
    {
        using var test = KernelTest.Boot();
        var apc = test.Allocate(0x58).Value;
        var ran = 0;
        var kernelRoutine = test.Routine(_ => GuestTask.FromResult(0UL));
        var normalRoutine = test.Routine(_ => GuestTask.FromResult((ulong)++ran));
        test.Run(async thread =>
        {
            await test.Call("KeEnterCriticalRegion");
            await test.Call("KeInitializeApc", apc, thread.Address.Value, 0, kernelRoutine.Value, 0, normalRoutine.Value, 0, 0);
            Assert.Equal(0, (byte)await test.Call("KeRemoveQueueApc", apc));
            Assert.Equal(1, (byte)await test.Call("KeInsertQueueApc", apc, 0, 0, 0));
            Assert.Equal(1, (byte)await test.Call("KeRemoveQueueApc", apc));
            await test.Call("KeLeaveCriticalRegion");
        });
        Assert.Equal(0, ran);
    }

    [Fact]
    public void A_dpc_is_aimed_at_the_only_processor_and_a_threaded_one_runs_too()
    {
        using var test = KernelTest.Boot();
        var (dpc, number) = (test.Allocate(0x40), test.Allocate(4));
        var ran = new List<ulong>();
        var routine = test.Routine(arguments =>
        {
            ran.Add(arguments[1]);
            return GuestTask.FromResult(0UL);
        });
        test.CallNow("KeInitializeThreadedDpc", dpc.Value, routine.Value, 0x99);
        test.CallNow("KeSetTargetProcessorDpc", dpc.Value, 0);
        Assert.Equal(NtStatus.Success, test.Status("KeSetTargetProcessorDpcEx", dpc.Value, number.Value));
        test.Memory.WriteByte(number + 2, 1);
        Assert.Equal(NtStatus.InvalidParameter, test.Status("KeSetTargetProcessorDpcEx", dpc.Value, number.Value));
        Assert.True(test.Boolean("KeInsertQueueDpc", dpc.Value, 0, 0));
        test.RunUntilIdle();
        Assert.Equal([0x99UL], ran);
    }

    [Fact]
    public void A_generic_dpc_runs_on_every_processor_before_the_call_returns()
    {
        using var test = KernelTest.Boot();
        var seen = new List<(ulong Context, Irql Level, bool First)>();
        var routine = test.Routine(async arguments =>
        {
            var first = (byte)await test.Call("KeSignalCallDpcSynchronize", arguments[3]) != 0;
            seen.Add((arguments[1], test.Kernel.Ke.CurrentIrql, first));
            await test.Call("KeSignalCallDpcDone", arguments[2]);
            return 0;
        });
        test.CallNow("KeGenericCallDpc", routine.Value, 0x44);
        Assert.Equal([(0x44UL, Irql.Dispatch, true)], seen);
    }

    private static IEnumerable<(bool Begin, ulong Routine)> Records(KernelTest test, RegistrationKind kind) =>
        test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == kind).Select(r => (r.Begin, r.Routine.Value));

    [Fact]
    public void An_exception_that_a_driver_describes_has_its_code()
    {
        using var test = KernelTest.Boot();
        var record = test.Allocate(0x98);
        test.Memory.WriteUInt32(record, 0xE000_1234);
        var stop = test.RunToBugCheck(async _ => await test.Call("RtlRaiseException", record.Value));
        Assert.Equal((0x7Eu, 0xE000_1234u), (stop.Code, (uint)stop.Parameter1));
    }
}

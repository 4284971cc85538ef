using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class TimerAndDpcTests
{
    [Fact]
    public void A_timer_is_signalled_when_due_and_its_dpc_runs_at_dispatch_level_with_its_context()
    {
        using var test = KernelTest.Boot();
        var (timer, dpc) = (test.Allocate(0x40), test.Allocate(0x40));
        var calls = new List<(ulong Dpc, ulong Context, Irql Irql, long Time)>();
        var routine = test.Routine(arguments =>
        {
            calls.Add((arguments[0], arguments[1], test.Kernel.Ke.CurrentIrql, test.Kernel.Ke.InterruptTime100ns));
            return GuestTask.FromResult(0UL);
        });
        var start = test.Kernel.Ke.InterruptTime100ns;
        test.Run(async _ =>
        {
            await test.Call("KeInitializeTimer", timer.Value);
            await test.Call("KeInitializeDpc", dpc.Value, routine.Value, 0x1234);
            Assert.Equal(0u, (byte)await test.Call("KeSetTimer", timer.Value, unchecked((ulong)-30_000L), dpc.Value));
            Assert.Equal(1u, (byte)await test.Call("KeSetTimer", timer.Value, unchecked((ulong)-20_000L), dpc.Value));
            Assert.Equal(0u, (uint)await test.Call("KeWaitForSingleObject", timer.Value, 0, 0, 0, 0));
        });
        Assert.Equal([(dpc.Value, 0x1234UL, Irql.Dispatch, start + 20_000)], calls);
        Assert.Equal(1u, (byte)test.CallNow("KeReadStateTimer", timer.Value));
        Assert.Equal(0u, (byte)test.CallNow("KeCancelTimer", timer.Value));
        Assert.Equal(2, test.Kernel.Trace.Of<RegistrationRecord>().Count(r => r.Kind == RegistrationKind.Timer && r.Address == timer));
    }

    [Fact]
    public void A_periodic_timer_fires_until_it_is_cancelled()
    {
        using var test = KernelTest.Boot();
        var (timer, dpc) = (test.Allocate(0x40), test.Allocate(0x40));
        var runs = 0;
        var routine = test.Routine(_ =>
        {
            runs++;
            return GuestTask.FromResult(0UL);
        });
        test.Run(async _ =>
        {
            await test.Call("KeInitializeTimerEx", timer.Value, 1);
            await test.Call("KeInitializeDpc", dpc.Value, routine.Value, 0);
            await test.Call("KeSetTimerEx", timer.Value, unchecked((ulong)-100_000L), 10, dpc.Value);
            await test.Call("KeDelayExecutionThread", 0, 0, test.Time(-450_000));
            Assert.Equal(1u, (byte)await test.Call("KeCancelTimer", timer.Value));
            await test.Call("KeDelayExecutionThread", 0, 0, test.Time(-1_000_000));
        });
        Assert.Equal(4, runs);
    }

    [Fact]
    public void A_dpc_queued_at_dispatch_level_runs_when_irql_falls_and_only_once()
    {
        using var test = KernelTest.Boot();
        var dpc = test.Allocate(0x40);
        var runs = 0;
        var routine = test.Routine(_ =>
        {
            runs++;
            return GuestTask.FromResult(0UL);
        });
        test.Run(async _ =>
        {
            await test.Call("KeInitializeDpc", dpc.Value, routine.Value, 0);
            var before = await test.Call("KfRaiseIrql", 2);
            Assert.Equal(1u, (byte)await test.Call("KeInsertQueueDpc", dpc.Value, 0, 0));
            Assert.Equal(0u, (byte)await test.Call("KeInsertQueueDpc", dpc.Value, 0, 0));
            Assert.Equal(0, runs);
            await test.Call("KeLowerIrql", before);
            await test.Call("KeFlushQueuedDpcs");
            Assert.Equal(1, runs);
        });
    }

    [Fact]
    public void A_removed_dpc_does_not_run()
    {
        using var test = KernelTest.Boot();
        var dpc = test.Allocate(0x40);
        test.Run(async _ =>
        {
            await test.Call("KeInitializeDpc", dpc.Value, 0x10, 0);
            await test.Call("KfRaiseIrql", 2);
            await test.Call("KeInsertQueueDpc", dpc.Value, 0, 0);
            Assert.Equal(1u, (byte)await test.Call("KeRemoveQueueDpc", dpc.Value));
            Assert.Equal(0u, (byte)await test.Call("KeRemoveQueueDpc", dpc.Value));
            await test.Call("KeLowerIrql", 0);
        });
    }

    [Fact]
    public void A_dpc_of_high_importance_overtakes_the_others()
    {
        using var test = KernelTest.Boot();
        var (first, second) = (test.Allocate(0x40), test.Allocate(0x40));
        var order = new List<ulong>();
        var routine = test.Routine(arguments =>
        {
            order.Add(arguments[1]);
            return GuestTask.FromResult(0UL);
        });
        test.Run(async _ =>
        {
            await test.Call("KeInitializeDpc", first.Value, routine.Value, 1);
            await test.Call("KeInitializeDpc", second.Value, routine.Value, 2);
            await test.Call("KeSetImportanceDpc", second.Value, 2);
            await test.Call("KfRaiseIrql", 2);
            await test.Call("KeInsertQueueDpc", first.Value, 0, 0);
            await test.Call("KeInsertQueueDpc", second.Value, 0, 0);
            await test.Call("KeLowerIrql", 0);
            await test.Call("KeFlushQueuedDpcs");
        });
        Assert.Equal([2UL, 1UL], order);
    }

    [Fact]
    public void Freeing_pool_with_a_set_timer_is_bug_check_C7_under_the_verifier()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ =>
        {
            var pool = await test.Call("ExAllocatePoolWithTag", 0, 0x100, 0x31323334);
            await test.Call("KeInitializeTimer", pool + 0x20);
            await test.Call("KeSetTimer", pool + 0x20, unchecked((ulong)-1_000_000L), 0);
            await test.Call("ExFreePoolWithTag", pool, 0);
        });
        Assert.Equal((0xC7u, 0UL), (stop.Code, stop.Parameter1));
    }

    [Fact]
    public void An_executive_timer_calls_back_and_stops_when_deleted()
    {
        using var test = KernelTest.Boot();
        var calls = new List<ulong>();
        var callback = test.Routine(arguments =>
        {
            calls.Add(arguments[1]);
            return GuestTask.FromResult(0UL);
        });
        test.Run(async _ =>
        {
            var timer = await test.Call("ExAllocateTimer", callback.Value, 0x77, 0);
            await test.Call("ExSetTimer", timer, unchecked((ulong)-100_000L), 100_000, 0);
            await test.Call("KeDelayExecutionThread", 0, 0, test.Time(-250_000));
            await test.Call("ExDeleteTimer", timer, 1, 1, 0);
            await test.Call("KeDelayExecutionThread", 0, 0, test.Time(-1_000_000));
        });
        Assert.Equal([0x77UL, 0x77UL], calls);
    }
}

using LastRef.Kernel;

namespace LastRef.Tests;

public sealed class ApcTests
{
    [Fact]
    public void A_kernel_apc_interrupts_a_wait_which_then_goes_on()
    {
        using var test = KernelTest.Boot();
        var (apc, gate) = (test.Allocate(0x58), test.Kernel.Ke.CreateEvent(synchronization: true));
        var events = new List<string>();
        var kernelRoutine = Note(test, events, "kernel routine");
        var normalRoutine = Note(test, events, "normal routine");
        var waiter = test.Kernel.Ps.CreateSystemThread("waiter", 8, async _ =>
        {
            await test.Kernel.Ke.Wait(gate);
            events.Add("woken");
        });
        test.RunUntilIdle();
        test.Run(async _ =>
        {
            await test.Call("KeInitializeApc", apc.Value, waiter.Address.Value, 0, kernelRoutine.Value, 0, normalRoutine.Value, 0, 0);
            Assert.Equal(1u, (byte)await test.Call("KeInsertQueueApc", apc.Value, 0, 0, 0));
        });
        test.RunUntilIdle();
        Assert.Equal(["kernel routine at 1", "normal routine at 0"], events);
        test.Kernel.Ke.Signal(gate, 1);
        test.RunUntilIdle();
        Assert.Equal("woken", events[^1]);
    }

    [Fact]
    public void A_normal_apc_waits_until_its_thread_leaves_its_critical_region()
    {
        using var test = KernelTest.Boot();
        var apc = test.Allocate(0x58);
        var events = new List<string>();
        var (kernelRoutine, normalRoutine) = (Note(test, events, "kernel routine"), Note(test, events, "normal routine"));
        test.Run(async thread =>
        {
            await test.Call("KeEnterCriticalRegion");
            await test.Call("KeInitializeApc", apc.Value, thread.Address.Value, 0, kernelRoutine.Value, 0, normalRoutine.Value, 0, 0);
            await test.Call("KeInsertQueueApc", apc.Value, 0, 0, 0);
            await test.Call("KeGetCurrentIrql");
            Assert.Empty(events);
            await test.Call("KeLeaveCriticalRegion");
            await test.Kernel.Scheduler.Yield();
            await test.Call("KeGetCurrentIrql");
        });
        Assert.Equal(["kernel routine at 1", "normal routine at 0"], events);
    }

    private static VirtualAddress Note(KernelTest test, List<string> events, string what) => test.Routine(_ =>
    {
        events.Add($"{what} at {(int)test.Kernel.Ke.CurrentIrql}");
        return GuestTask.FromResult(0UL);
    });
}

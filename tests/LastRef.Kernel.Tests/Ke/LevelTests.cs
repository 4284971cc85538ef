using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Every name under which IRQL, spin locks and APC regions are changed.</summary>
public sealed class LevelTests
{
    private const int Dispatch = 2;
    private const int Synch = 12;

    [Fact]
    public void Levels_are_raised_by_name_and_lowered_to_what_was_before()
    {
        using var test = KernelTest.Boot();
        test.Run(async _ =>
        {
            Assert.Equal(0, (byte)await test.Call("KeRaiseIrqlToDpcLevel"));
            Assert.Equal(Dispatch, (byte)await test.Call("KeGetCurrentIrql"));
            Assert.Equal(Dispatch, (byte)await test.Call("KeRaiseIrqlToSynchLevel"));
            Assert.Equal(Synch, (byte)await test.Call("KeGetCurrentIrql"));
            await test.Call("KfLowerIrql", Dispatch);
            Assert.Equal(Dispatch, (byte)await test.Call("KeGetCurrentIrql"));
            await test.Call("KfLowerIrql", 0);
            Assert.Equal(0, (byte)await test.Call("KeGetCurrentIrql"));
        });
    }

    [Theory]
    [InlineData("KeAcquireSpinLockRaiseToSynch", "KeReleaseSpinLock", 0, Synch)]
    [InlineData("KeAcquireSpinLockForDpc", "KeReleaseSpinLockForDpc", Dispatch, Dispatch)]
    public void A_spin_lock_is_taken_at_its_level(string acquire, string release, int from, int level)
    {
        using var test = KernelTest.Boot();
        var spinLock = test.Allocate(8);
        test.Run(async _ =>
        {
            await test.Call("KfRaiseIrql", (ulong)from);
            Assert.Equal(1, (byte)await test.Call("KeTestSpinLock", spinLock.Value));
            var old = (byte)await test.Call(acquire, spinLock.Value);
            Assert.Equal((from, level), (old, (byte)await test.Call("KeGetCurrentIrql")));
            Assert.Equal(0, (byte)await test.Call("KeTestSpinLock", spinLock.Value));
            Assert.Equal(0, (byte)await test.Call("KeTryToAcquireSpinLockAtDpcLevel", spinLock.Value));
            await test.Call(release, spinLock.Value, old);
            Assert.Equal(from, (byte)await test.Call("KeGetCurrentIrql"));
            await test.Call("KeLowerIrql", 0);
        });
        Assert.Equal(0UL, test.Value(spinLock));
    }

    [Fact]
    public void Trying_takes_a_free_spin_lock()
    {
        using var test = KernelTest.Boot();
        var spinLock = test.Allocate(8);
        test.Run(async _ =>
        {
            await test.Call("KfRaiseIrql", Dispatch);
            Assert.Equal(1, (byte)await test.Call("KeTryToAcquireSpinLockAtDpcLevel", spinLock.Value));
            Assert.NotEqual(0UL, test.Value(spinLock));
            await test.Call("KeReleaseSpinLockFromDpcLevel", spinLock.Value);
            Assert.Equal(0UL, test.Value(spinLock));
            await test.Call("KeLowerIrql", 0);
        });
    }

    [Theory]
    [InlineData("KeAcquireInStackQueuedSpinLockRaiseToSynch", "KeReleaseInStackQueuedSpinLock", 0, Synch)]
    [InlineData("KeAcquireInStackQueuedSpinLockForDpc", "KeReleaseInStackQueuedSpinLockForDpc", Dispatch, Dispatch)]
    [InlineData("KeAcquireInStackQueuedSpinLockAtDpcLevel", "KeReleaseInStackQueuedSpinLockFromDpcLevel", Dispatch, Dispatch)]
    public void A_queued_spin_lock_keeps_the_level_in_its_handle(string acquire, string release, int from, int level)
    {
        using var test = KernelTest.Boot();
        var (spinLock, handle) = (test.Allocate(8), test.Allocate(0x18));
        test.Run(async _ =>
        {
            await test.Call("KfRaiseIrql", (ulong)from);
            await test.Call(acquire, spinLock.Value, handle.Value);
            Assert.Equal(level, (byte)await test.Call("KeGetCurrentIrql"));
            Assert.NotEqual(0UL, test.Value(spinLock));
            await test.Call(release, handle.Value);
            Assert.Equal((from, 0UL), ((byte)await test.Call("KeGetCurrentIrql"), test.Value(spinLock)));
            await test.Call("KeLowerIrql", 0);
        });
    }

    [Fact]
    public void Routines_synchronised_with_an_interrupt_run_at_its_level_under_its_lock()
    {
        using var test = KernelTest.Boot();
        var interrupt = new KInterrupt(test.Memory, test.Allocate(KInterrupt.SizeOf(test.Memory.Layout)));
        var spinLock = test.Allocate(8);
        interrupt.SetActualLock(test.Memory, spinLock);
        interrupt.SetSynchronizeIrql(test.Memory, (Irql)7);
        var seen = new List<(ulong Context, Irql Level, bool Held)>();
        var routine = test.Routine(arguments =>
        {
            seen.Add((arguments[0], test.Kernel.Ke.CurrentIrql, test.Value(spinLock) != 0));
            return GuestTask.FromResult(1UL);
        });
        Assert.True(test.Boolean("KeSynchronizeExecution", interrupt.Address.Value, routine.Value, 0x66));
        Assert.Equal([(0x66UL, (Irql)7, true)], seen);
        test.Run(async _ =>
        {
            var old = await test.Call("KeAcquireInterruptSpinLock", interrupt.Address.Value);
            Assert.Equal((7, true), ((byte)await test.Call("KeGetCurrentIrql"), test.Value(spinLock) != 0));
            await test.Call("KeReleaseInterruptSpinLock", interrupt.Address.Value, old);
            Assert.Equal((0, 0UL), ((byte)await test.Call("KeGetCurrentIrql"), test.Value(spinLock)));
        });
    }

    [Theory]
    [InlineData("KeEnterGuardedRegion", "KeLeaveGuardedRegion", true)]
    [InlineData("FsRtlEnterFileSystem", "FsRtlExitFileSystem", false)]
    public void Regions_nest_and_disable_apcs(string enter, string leave, bool all)
    {
        using var test = KernelTest.Boot();
        test.Run(async _ =>
        {
            await test.Call(enter);
            await test.Call(enter);
            Assert.Equal((1, all), ((byte)await test.Call("KeAreApcsDisabled"), (byte)await test.Call("KeAreAllApcsDisabled") != 0));
            await test.Call(leave);
            Assert.Equal(1, (byte)await test.Call("KeAreApcsDisabled"));
            await test.Call(leave);
            Assert.Equal((0, 0), ((byte)await test.Call("KeAreApcsDisabled"), (byte)await test.Call("KeAreAllApcsDisabled")));
            await test.Call("KfRaiseIrql", 1);
            Assert.Equal(1, (byte)await test.Call("KeAreAllApcsDisabled"));
            await test.Call("KeLowerIrql", 0);
        });
    }

    [Fact]
    public void An_event_is_cleared_and_pulsed()
    {
        using var test = KernelTest.Boot();
        var @event = test.Allocate(0x18).Value;
        test.CallNow("KeInitializeEvent", @event, 0, 1);
        test.CallNow("KeClearEvent", @event);
        Assert.Equal(0, test.Int("KeReadStateEvent", @event));
        var woken = 0;
        for (var i = 0; i < 2; i++)
        {
            test.Kernel.Ps.CreateSystemThread($"waiter {i}", 10, async _ =>
            {
                await test.Call("KeWaitForSingleObject", @event, 0, 0, 0, 0);
                woken++;
            });
        }

        test.RunUntilIdle();
        Assert.Equal(0, test.Int("KePulseEvent", @event, 0, 0)); // the state before
        test.RunUntilIdle();
        Assert.Equal((2, 0), (woken, test.Int("KeReadStateEvent", @event))); // all go, and it is not signalled
    }

    [Fact]
    public void A_mutex_is_waited_for_under_its_own_name_and_a_mutant_is_released_with_an_increment()
    {
        using var test = KernelTest.Boot();
        var (mutex, mutant) = (test.Allocate(0x38).Value, test.Allocate(0x38).Value);
        test.CallNow("KeInitializeMutex", mutex, 0);
        test.CallNow("KeInitializeMutant", mutant, 0);
        test.Run(async _ =>
        {
            Assert.Equal(0u, (uint)await test.Call("KeWaitForMutexObject", mutex, 0, 0, 0, 0));
            Assert.Equal(0, (int)(uint)await test.Call("KeReadStateMutex", mutex));
            await test.Call("KeReleaseMutex", mutex, 0);
            Assert.Equal(1, (int)(uint)await test.Call("KeReadStateMutex", mutex));
            await test.Call("KeWaitForSingleObject", mutant, 0, 0, 0, 0);
            Assert.Equal(0, (int)(uint)await test.Call("KeReleaseMutant", mutant, 1, 0, 0)); // the state before
            Assert.Equal(1, (int)(uint)await test.Call("KeReadStateMutex", mutant));
        });
    }
}

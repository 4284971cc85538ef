using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class DispatcherTests
{
    private const ulong NotificationEvent = 0;
    private const ulong SynchronizationEvent = 1;

    [Theory]
    [InlineData(NotificationEvent, 1)]
    [InlineData(SynchronizationEvent, 0)]
    public void A_wait_takes_a_synchronization_event_and_leaves_a_notification_event(ulong type, int left)
    {
        using var test = KernelTest.Boot();
        var @event = test.Allocate(0x18);
        test.CallNow("KeInitializeEvent", @event.Value, type, 0);
        Assert.Equal(0u, (uint)test.CallNow("KeSetEvent", @event.Value, 0, 0));
        Assert.Equal(1u, (uint)test.CallNow("KeReadStateEvent", @event.Value));
        Assert.Equal(0u, (uint)test.CallNow("KeWaitForSingleObject", @event.Value, 0, 0, 0, 0));
        Assert.Equal((uint)left, (uint)test.CallNow("KeReadStateEvent", @event.Value));
    }

    [Fact]
    public void A_wait_ends_with_a_time_out_after_exactly_the_time_asked_for()
    {
        using var test = KernelTest.Boot();
        var @event = test.Allocate(0x18);
        test.CallNow("KeInitializeEvent", @event.Value, SynchronizationEvent, 0);
        var before = test.Kernel.Ke.InterruptTime100ns;
        Assert.Equal(NtStatus.Timeout.Code, (uint)test.CallNow("KeWaitForSingleObject", @event.Value, 0, 0, 0, test.Time(-50_000)));
        Assert.Equal(before + 50_000, test.Kernel.Ke.InterruptTime100ns);
        Assert.Equal(NtStatus.Timeout.Code, (uint)test.CallNow("KeWaitForSingleObject", @event.Value, 0, 0, 0, test.Time(0)));
        Assert.Equal(before + 50_000, test.Kernel.Ke.InterruptTime100ns);
    }

    [Fact]
    public void A_wait_that_nobody_can_end_leaves_the_machine_idle()
    {
        using var test = KernelTest.Boot();
        var @event = test.Allocate(0x18);
        test.CallNow("KeInitializeEvent", @event.Value, SynchronizationEvent, 0);
        test.RunToHang(async _ => await test.Call("KeWaitForSingleObject", @event.Value, 0, 0, 0, 0));
        Assert.Contains(test.Kernel.Ke.Waits, w => w.Objects.Contains(@event));
    }

    [Fact]
    public void Waiting_at_dispatch_level_is_bug_check_B8()
    {
        using var test = KernelTest.Boot();
        var @event = test.Allocate(0x18);
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("KeInitializeEvent", @event.Value, SynchronizationEvent, 0);
            await test.Call("KfRaiseIrql", 2);
            await test.Call("KeWaitForSingleObject", @event.Value, 0, 0, 0, 0);
        });
        Assert.Equal(0xB8u, stop.Code);
    }

    [Fact]
    public void One_signal_of_a_synchronization_event_lets_one_thread_go_and_the_first_comes_first()
    {
        using var test = KernelTest.Boot();
        var @event = test.Allocate(0x18);
        test.CallNow("KeInitializeEvent", @event.Value, SynchronizationEvent, 0);
        var order = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            var number = i;
            test.Kernel.Ps.CreateSystemThread($"waiter {i}", 8, async _ =>
            {
                await test.Kernel.Ke.Wait(@event);
                order.Add(number);
            });
        }

        test.RunUntilIdle();
        Assert.Empty(order);
        test.CallNow("KeSetEvent", @event.Value, 0, 0);
        test.RunUntilIdle();
        Assert.Equal([0], order);
        test.CallNow("KeSetEvent", @event.Value, 0, 0);
        test.CallNow("KeSetEvent", @event.Value, 0, 0);
        test.RunUntilIdle();
        Assert.Equal([0, 1, 2], order);
    }

    [Fact]
    public void Waiting_for_all_takes_nothing_until_every_object_is_signalled()
    {
        using var test = KernelTest.Boot();
        var (first, second) = (test.Allocate(0x18), test.Allocate(0x18));
        var objects = test.Allocate(16);
        test.Memory.WritePointer(objects, first);
        test.Memory.WritePointer(objects + 8, second);
        test.CallNow("KeInitializeEvent", first.Value, SynchronizationEvent, 1);
        test.CallNow("KeInitializeEvent", second.Value, SynchronizationEvent, 0);
        const ulong all = 0, any = 1;
        Assert.Equal(
            NtStatus.Timeout.Code, (uint)test.CallNow("KeWaitForMultipleObjects", 2, objects.Value, all, 0, 0, 0, test.Time(-10), 0));
        Assert.Equal(1u, (uint)test.CallNow("KeReadStateEvent", first.Value));
        test.CallNow("KeSetEvent", second.Value, 0, 0);
        Assert.Equal(0u, (uint)test.CallNow("KeWaitForMultipleObjects", 2, objects.Value, all, 0, 0, 0, test.Time(-10), 0));
        Assert.Equal(0u, (uint)test.CallNow("KeReadStateEvent", first.Value));
        test.CallNow("KeSetEvent", second.Value, 0, 0);
        Assert.Equal(1u, (uint)test.CallNow("KeWaitForMultipleObjects", 2, objects.Value, any, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void Four_objects_without_wait_blocks_are_bug_check_C()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(0xCu, test.RunToBugCheck(async _ => await test.Call("KeWaitForMultipleObjects", 4, 0, 1, 0, 0, 0, 0, 0)).Code);
    }

    [Fact]
    public void A_semaphore_lets_as_many_go_as_it_counts_and_raises_at_its_limit()
    {
        using var test = KernelTest.Boot();
        var semaphore = test.Allocate(0x20);
        test.CallNow("KeInitializeSemaphore", semaphore.Value, 2, 3);
        test.CallNow("KeWaitForSingleObject", semaphore.Value, 0, 0, 0, 0);
        test.CallNow("KeWaitForSingleObject", semaphore.Value, 0, 0, 0, 0);
        Assert.Equal(NtStatus.Timeout.Code, (uint)test.CallNow("KeWaitForSingleObject", semaphore.Value, 0, 0, 0, test.Time(0)));
        Assert.Equal(0u, (uint)test.CallNow("KeReleaseSemaphore", semaphore.Value, 0, 3, 0));
        Assert.Equal(3u, (uint)test.CallNow("KeReadStateSemaphore", semaphore.Value));
        var stop = test.RunToBugCheck(async _ => await test.Call("KeReleaseSemaphore", semaphore.Value, 0, 1, 0));
        Assert.Equal((0x7Eu, NtStatus.SemaphoreLimitExceeded.Code), (stop.Code, (uint)stop.Parameter1));
    }

    [Fact]
    public void A_mutex_is_recursive_for_its_owner_and_disables_apcs_while_held()
    {
        using var test = KernelTest.Boot();
        var mutex = test.Allocate(0x38);
        test.Run(async thread =>
        {
            await test.Call("KeInitializeMutex", mutex.Value, 0);
            await test.Call("KeWaitForSingleObject", mutex.Value, 0, 0, 0, 0);
            await test.Call("KeWaitForSingleObject", mutex.Value, 0, 0, 0, 0);
            Assert.Equal(thread.Address, new KMutant(test.Memory, mutex).OwnerThread?.Address);
            Assert.Equal(1u, (byte)await test.Call("KeAreApcsDisabled"));
            Assert.Equal(-1, (int)await test.Call("KeReleaseMutex", mutex.Value, 0));
            Assert.Equal(0, (int)await test.Call("KeReleaseMutex", mutex.Value, 0));
            Assert.Equal(0u, (byte)await test.Call("KeAreApcsDisabled"));
            Assert.Equal(1, (int)await test.Call("KeReadStateMutex", mutex.Value));
        });
    }

    [Fact]
    public void Releasing_another_threads_mutex_raises_mutant_not_owned()
    {
        using var test = KernelTest.Boot();
        var mutex = test.Allocate(0x38);
        test.CallNow("KeInitializeMutex", mutex.Value, 0);
        var stop = test.RunToBugCheck(async _ => await test.Call("KeReleaseMutex", mutex.Value, 0));
        Assert.Equal(NtStatus.MutantNotOwned.Code, (uint)stop.Parameter1);
    }

    [Fact]
    public void A_thread_that_ends_holding_a_mutex_is_a_bug_check_and_one_holding_a_mutant_abandons_it()
    {
        using var test = KernelTest.Boot();
        var mutant = test.Allocate(0x38);
        test.Run(async _ => await test.Call("KeInitializeMutant", mutant.Value, 1));
        test.RunUntilIdle();
        Assert.Equal(0x80u, (uint)test.CallNow("KeWaitForSingleObject", mutant.Value, 0, 0, 0, 0));

        var mutex = test.Allocate(0x38);
        test.CallNow("KeInitializeMutex", mutex.Value, 0);
        test.Kernel.Ps.CreateSystemThread("holder", 8, async _ => await test.Call("KeWaitForSingleObject", mutex.Value, 0, 0, 0, 0));
        Assert.Equal(RunOutcome.Stopped, test.RunUntilIdle());
        Assert.Equal(0x20u, Assert.IsType<MachineStop.BugCheck>(test.Kernel.Stop).Code);
    }

    [Fact]
    public void A_delay_takes_its_time_and_returns_success()
    {
        using var test = KernelTest.Boot();
        var before = test.Kernel.Ke.InterruptTime100ns;
        Assert.Equal(0u, (uint)test.CallNow("KeDelayExecutionThread", 0, 0, test.Time(-1_000_000)));
        Assert.Equal(before + 1_000_000, test.Kernel.Ke.InterruptTime100ns);
    }

    [Fact]
    public void KeResetEvent_clears_and_tells_what_was_and_a_wait_then_times_out()
    {
        using var test = KernelTest.Boot();
        var @event = test.Allocate(0x18);
        test.CallNow("KeInitializeEvent", @event.Value, NotificationEvent, 1);
        Assert.Equal(1u, (uint)test.CallNow("KeResetEvent", @event.Value));
        Assert.Equal(0u, (uint)test.CallNow("KeResetEvent", @event.Value));
        Assert.Equal(NtStatus.Timeout.Code, (uint)test.CallNow("KeWaitForSingleObject", @event.Value, 0, 0, 0, test.Time(0)));
    }
}

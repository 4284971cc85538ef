using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>t-sync uses waits, timers, DPCs and locks as drivers do; what it must answer is said at each of its experiments.</summary>
public sealed class SynchronizationDriverTests
{
    private static readonly ulong TimedOut = NtStatus.Timeout.Code;

    private static ulong[] Run(uint experiment)
    {
        using var test = KernelTest.Boot();
        return test.Experiment(test.Load("t-sync.sys"), experiment);
    }

    [Fact]
    public void Events_stay_or_are_taken_by_their_type_and_a_wait_takes_its_time() =>
        Assert.Equal([TimedOut, 0UL, 0, 0, 1, 0, 0, 1, 0, TimedOut, TimedOut, 500_000], Run(0));

    [Fact]
    public void A_mutex_counts_how_often_its_owner_has_it() => Assert.Equal([0UL, 0, 0, uint.MaxValue, uint.MaxValue, 0, 0, 1], Run(1));

    [Fact]
    public void A_semaphore_counts_down_to_nothing() => Assert.Equal([0UL, 0, TimedOut, 0, 2], Run(2));

    [Fact]
    public void Dpcs_run_once_at_dispatch_level_with_their_arguments() => Assert.Equal([1UL, 0, 2, 0x1111, 0x2222, 1, 0, 1, 1], Run(4));

    [Fact]
    public void Threads_take_turns_on_a_synchronization_event()
    {
        var values = Run(7);
        Assert.Equal(TimedOut, values[0]);
        Assert.InRange(values[1], 0UL, 1UL);
        Assert.Equal([1UL, 0, 2], values[2..]);
    }

    [Fact]
    public void Irql_follows_spin_locks_and_fast_mutexes() => Assert.Equal([0UL, 2, 2, 0, 1, 0, 0, 0], Run(8));

    [Fact]
    public void A_resource_is_recursive_for_readers_and_alone_for_a_writer() => Assert.Equal([1UL, 1, 0, 1, 1, 0], Run(9));

    [Fact]
    public void Rundown_protection_and_a_lookaside_list_do_their_work() => Assert.Equal([1UL, 0, 1, 1], Run(10));

    [Fact]
    public void A_periodic_timer_stops_when_cancelled()
    {
        var values = Run(3);
        Assert.Equal([0UL, 0, 1_000_000, 1], values[..4]);
        Assert.Equal(4UL, values[4]);
        Assert.Equal([1UL, 4, 1, 0], values[5..]);
    }
}

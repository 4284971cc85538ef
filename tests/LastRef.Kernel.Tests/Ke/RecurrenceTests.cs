using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>A wait that never ends is proved by a state that recurs, and only by that.</summary>
public sealed class RecurrenceTests
{
    private const long TenMinutes100ns = 6_000_000_000;
    private static readonly byte[] _nothing = [0xC3]; // ret
    private static readonly byte[] _countInContext = [0xFF, 0x02, 0xC3]; // inc dword [rdx]; ret
    private static readonly byte[] _readTickCount = [0x48, 0xA1, 0x20, 0x03, 0x00, 0x00, 0x80, 0xF7, 0xFF, 0xFF, 0xC3]; // mov rax, [FFFFF78000000320h]; ret
    private static readonly byte[] _readTimestamp = [0x0F, 0x31, 0xC3]; // rdtsc; ret

    [Fact]
    public void A_wait_for_ever_beside_a_periodic_timer_is_a_state_that_recurs()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(RunOutcome.Recurs, WaitBesideTimer(test, _nothing));
        Assert.InRange(test.Kernel.Ke.InterruptTime100ns, 0, TenMinutes100ns / 10);
    }

    [Fact]
    public void A_DPC_that_counts_changes_the_state_each_time()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(RunOutcome.Idle, WaitBesideTimer(test, _countInContext));
    }

    [Fact]
    public void A_DPC_that_looks_at_the_clock_may_act_on_it_one_day()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(RunOutcome.Idle, WaitBesideTimer(test, _readTickCount));
        Assert.Null(test.Kernel.Stop);
    }

    [Fact]
    public void A_DPC_that_reads_the_time_stamp_counter_may_act_on_it_one_day()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(RunOutcome.Idle, WaitBesideTimer(test, _readTimestamp));
    }

    [Fact]
    public void A_timer_that_sets_what_is_waited_for_after_many_ticks_ends_the_wait()
    {
        using var test = KernelTest.Boot();
        var waited = Event(test);
        var timer = Timer(test, _nothing, waited, 3_000_000_000, 0);
        Timer(test, _nothing, waited, 10_000_000, 1000);
        var isDone = test.Kernel.StartOnSystemThread("test", async _ => await test.Kernel.Ke.Wait(timer), out var _);
        Assert.Equal(RunOutcome.Done, test.Kernel.Scheduler.RunUntilHung(isDone, TenMinutes100ns));
        Assert.Equal(3_000_000_000, test.Kernel.Ke.InterruptTime100ns);
    }

    [Fact]
    public void A_loop_that_nothing_ends_is_a_state_that_recurs()
    {
        using var test = KernelTest.Boot();
        var isDone = test.Kernel.StartOnSystemThread("test", async thread => await thread.Call(test.Code(0xEB, 0xFE)), out var _); // jmp self
        Assert.Equal(RunOutcome.Recurs, test.Kernel.Scheduler.RunUntilHung(isDone, TenMinutes100ns));
    }

    [Fact]
    public void A_loop_that_counts_does_not_recur_within_its_budget()
    {
        using var test = KernelTest.Boot(new MachineOptions { MaximumInstructions = 20_000_000 });
        // inc rax; jmp
        var isDone = test.Kernel.StartOnSystemThread("test", async thread => await thread.Call(test.Code(0x48, 0xFF, 0xC0, 0xEB, 0xFB)), out var _);
        Assert.Equal(RunOutcome.Stopped, test.Kernel.Scheduler.RunUntilHung(isDone, TenMinutes100ns));
        Assert.IsType<MachineStop.Unsupported>(test.Kernel.Stop);
    }

    [Fact]
    public void With_nothing_that_could_run_there_is_no_need_to_look_for_a_state()
    {
        using var test = KernelTest.Boot();
        var waited = Event(test);
        var isDone = test.Kernel.StartOnSystemThread("test", async _ => await test.Kernel.Ke.Wait(waited), out var _);
        Assert.Equal(RunOutcome.Idle, test.Kernel.Scheduler.RunUntilHung(isDone, TenMinutes100ns));
        Assert.Empty(test.Kernel.Ke.ArmedTimers);
    }

    [Fact]
    public void The_clock_can_be_read_again_when_the_search_is_over()
    {
        using var test = KernelTest.Boot();
        WaitBesideTimer(test, _nothing);
        Assert.True(test.Kernel.Guest.TryQuery(AddressMap.SharedUserData.Value, out var access, out _));
        Assert.Equal(LastRef.Cpu.PageAccess.Read, access);
    }

    private static RunOutcome WaitBesideTimer(KernelTest test, byte[] dpcCode)
    {
        var waited = Event(test);
        Timer(test, dpcCode, test.Allocate(16), 5_000_000, 500);
        var isDone = test.Kernel.StartOnSystemThread("test", async _ => await test.Kernel.Ke.Wait(waited), out var _);
        return test.Kernel.Scheduler.RunUntilHung(isDone, TenMinutes100ns);
    }

    private static VirtualAddress Event(KernelTest test)
    {
        var address = test.Allocate(KEvent.SizeOf(test.Memory.Layout));
        test.Kernel.Ke.InitializeEvent(address, synchronization: false, signalled: false);
        return address;
    }

    /// <summary>Sets a timer whose DPC runs machine code of a driver.</summary>
    private static VirtualAddress Timer(KernelTest test, byte[] dpcCode, VirtualAddress context, long due100ns, uint periodMilliseconds)
    {
        var dpc = test.Allocate(KDpc.SizeOf(test.Memory.Layout));
        var timer = test.Allocate(KTimer.SizeOf(test.Memory.Layout));
        test.CallNow("KeInitializeDpc", dpc.Value, test.Code(dpcCode).Value, context.Value);
        test.CallNow("KeInitializeTimer", timer.Value);
        test.CallNow("KeSetTimerEx", timer.Value, unchecked((ulong)-due100ns), periodMilliseconds, dpc.Value);
        return timer;
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Notification of changes of registry keys.</summary>
public sealed class KeyWatchTests
{
    private const string Services = @"\Registry\Machine\System\CurrentControlSet\Services";
    private const uint AllAccess = 0xF_003F;
    private const uint ChangeName = 1, ChangeLastSet = 4;

    [Fact]
    public void A_watch_without_waiting_ends_with_the_first_change_that_it_asked_for()
    {
        using var test = KernelTest.Boot();
        var key = Create(test, "Watched");
        var (block, @event) = (new IoStatusBlock(test.Memory, test.Allocate(16)), Event(test, signalled: true));
        Assert.Equal(NtStatus.Pending, Watch(test, key, @event.Handle, block, ChangeLastSet, tree: false));
        Assert.Equal(0, State(test, @event.Body));

        Create(test, @"Watched\Below");
        Assert.Equal(0, State(test, @event.Body));
        Write(test, "Watched");
        Assert.Equal((1, NtStatus.NotifyEnumDir), (State(test, @event.Body), block.Status));

        test.CallNow("KeClearEvent", @event.Body);
        Write(test, "Watched");
        Assert.Equal(0, State(test, @event.Body));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Changes_below_count_only_for_one_who_watches_the_tree(bool tree, int state)
    {
        using var test = KernelTest.Boot();
        var key = Create(test, "Tree");
        Create(test, @"Tree\Below");
        var (block, @event) = (new IoStatusBlock(test.Memory, test.Allocate(16)), Event(test, signalled: false));
        Assert.Equal(NtStatus.Pending, Watch(test, key, @event.Handle, block, ChangeName | ChangeLastSet, tree));
        Create(test, @"Tree\Below\Deep");
        Assert.Equal(state, State(test, @event.Body));
    }

    [Fact]
    public void The_close_of_the_key_ends_its_watches_and_their_hold_on_the_event()
    {
        using var test = KernelTest.Boot();
        var key = Create(test, "Closed");
        var (block, @event) = (new IoStatusBlock(test.Memory, test.Allocate(16)), Event(test, signalled: false));
        var before = Pointers(test, @event.Body);
        Watch(test, key, @event.Handle, block, ChangeName, tree: false);
        Assert.Equal(before + 1, Pointers(test, @event.Body));
        Assert.Equal(NtStatus.Success, test.Status("ZwClose", key));
        Assert.Equal((1, NtStatus.NotifyCleanup), (State(test, @event.Body), block.Status));
        Assert.Equal(before, Pointers(test, @event.Body));
    }

    [Fact]
    public void A_work_item_of_the_driver_is_queued_and_one_who_waits_goes_on()
    {
        using var test = KernelTest.Boot();
        var key = Create(test, "Worked");
        var ran = new List<ulong>();
        var item = new WorkQueueItem(test.Memory, test.Allocate(WorkQueueItem.SizeOf(test.Memory.Layout)));
        item.SetWorkerRoutine(test.Memory, test.Routine(arguments =>
        {
            ran.Add(arguments[0]);
            return GuestTask.FromResult(0UL);
        }));
        item.SetParameter(test.Memory, new VirtualAddress(0x77));
        var (block, waiting) = (test.Allocate(16), test.Allocate(16));
        Assert.Equal(NtStatus.Pending, test.Status("ZwNotifyChangeKey", key, 0, item.Address.Value, 1, block.Value, ChangeLastSet, 0, 0, 0, 1));
        var status = default(NtStatus);
        test.Kernel.StartOnSystemThread(
            "waiter", async _ => status = new NtStatus((int)(uint)await test.Call("ZwNotifyChangeKey", key, 0, 0, 0, waiting.Value, ChangeLastSet, 0, 0, 0, 0)), out var _);
        test.RunUntilIdle();
        Assert.Equal((0, default), (ran.Count, status));
        Write(test, "Worked");
        test.RunUntilIdle();
        Assert.Equal([0x77UL], ran);
        Assert.Equal(NtStatus.NotifyEnumDir, status);
    }

    private static NtStatus Watch(KernelTest test, ulong key, ulong @event, IoStatusBlock block, uint filter, bool tree) =>
        test.Status("ZwNotifyChangeKey", key, @event, 0, 0, block.Address.Value, filter, tree ? 1UL : 0, 0, 0, 1);

    private static ulong Create(KernelTest test, string name)
    {
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateKey", handle.Value, AllAccess, test.Attributes(Services + "\\" + name), 0, 0, 0, 0));
        return test.Value(handle);
    }

    private static void Write(KernelTest test, string name)
    {
        const uint relativeToServices = 1, dword = 4;
        Assert.Equal(NtStatus.Success, test.Status("RtlWriteRegistryValue", relativeToServices, test.Wide(name), test.Wide("Value"), dword, test.Time(1), 4));
    }

    private static (ulong Handle, ulong Body) Event(KernelTest test, bool signalled)
    {
        var handle = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("ZwCreateEvent", handle.Value, 0x1F_0003, 0, 0, signalled ? 1UL : 0));
        return (test.Value(handle), test.Kernel.Ob.Resolve(new HandleValue(test.Value(handle)), null).Body.Value);
    }

    private static int State(KernelTest test, ulong @event) => new DispatcherHeader(test.Memory, new VirtualAddress(@event)).SignalState;

    private static long Pointers(KernelTest test, ulong body) => test.Kernel.Ob.HeaderOf(new VirtualAddress(body)).PointerCount;
}

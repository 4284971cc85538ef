using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Queue objects and the threads that serve them.</summary>
public sealed class QueueTests
{
    [Fact]
    public void Entries_come_out_in_order_and_the_state_counts_them()
    {
        using var test = KernelTest.Boot();
        var queue = Queue(test, 0);
        var (first, second, urgent) = (test.Allocate(16), test.Allocate(16), test.Allocate(16));
        Assert.Equal(0, test.Int("KeInsertQueue", queue, first.Value));
        Assert.Equal(1, test.Int("KeInsertQueue", queue, second.Value));
        Assert.Equal(2, test.Int("KeInsertHeadQueue", queue, urgent.Value));
        Assert.Equal(3, test.Int("KeReadStateQueue", queue));
        Assert.Equal([urgent.Value, first.Value, second.Value], Take(test, queue, 3));
        Assert.Equal(0, test.Int("KeReadStateQueue", queue));
        Assert.Equal(NtStatus.Timeout.Code, test.CallNow("KeRemoveQueue", queue, 0, test.Time(-10_000)));
    }

    [Fact]
    public void A_thread_that_waits_gets_the_entry_and_one_at_a_time_runs()
    {
        using var test = KernelTest.Boot();
        var queue = Queue(test, 1);
        var log = new List<string>();
        var gate = test.Allocate(0x18);
        test.CallNow("KeInitializeEvent", gate.Value, 0, 0);
        foreach (var name in new[] { "a", "b" })
        {
            test.Kernel.StartOnSystemThread(name, async _ =>
            {
                while (await test.Call("KeRemoveQueue", queue, 0, 0) is > uint.MaxValue)
                {
                    log.Add(name);
                    await test.Call("KeWaitForSingleObject", gate.Value, 0, 0, 0, 0);
                    log.Add(name + "-");
                }
            }, out _);
        }

        test.RunUntilIdle();
        Assert.Equal(0u, Count(test, queue));
        test.CallNow("KeInsertQueue", queue, test.Allocate(16).Value);
        test.RunUntilIdle();

        // The one that waited last runs; when it waits for something else it makes room for the other.
        Assert.Equal(["b"], log);
        Assert.Equal(0u, Count(test, queue));
        test.CallNow("KeInsertQueue", queue, test.Allocate(16).Value);
        test.RunUntilIdle();
        Assert.Equal(["b", "a"], log);
        test.CallNow("KeSetEvent", gate.Value, 0, 0);
        test.RunUntilIdle();
        Assert.Equal(["b", "a", "b-", "a-"], log);
        Assert.Equal(0u, Count(test, queue));
    }

    [Fact]
    public void A_queue_that_is_run_down_hands_its_entries_back_and_lets_its_threads_go()
    {
        using var test = KernelTest.Boot();
        var queue = Queue(test, 0);
        var (first, second) = (test.Allocate(16), test.Allocate(16));
        var thread = test.Run(async t =>
        {
            await test.Call("KeInsertQueue", queue, first.Value);
            await test.Call("KeRemoveQueue", queue, 0, 0);
            Assert.Equal(queue, new KThread(test.Memory, t.Address).Queue.Value);
            await test.Call("KeInsertQueue", queue, first.Value);
            await test.Call("KeInsertQueue", queue, second.Value);
            Assert.Equal(first.Value, await test.Call("KeRundownQueue", queue));
            return t.Address;
        });
        Assert.True(new KThread(test.Memory, thread).Queue.IsNull);
        Assert.Equal(second, new ListEntry(test.Memory, first).Flink);
        Assert.Equal(first, new ListEntry(test.Memory, second).Flink);
        Assert.Equal(0UL, test.CallNow("KeRundownQueue", queue));
    }

    [Fact]
    public void Several_entries_are_taken_at_once()
    {
        using var test = KernelTest.Boot();
        var queue = Queue(test, 0);
        var entries = Enumerable.Range(0, 3).Select(_ => test.Allocate(16).Value).ToArray();
        foreach (var entry in entries)
            test.CallNow("KeInsertQueue", queue, entry);
        var array = test.Allocate(64);
        Assert.Equal(2u, (uint)test.CallNow("KeRemoveQueueEx", queue, 0, 0, 0, array.Value, 2));
        Assert.Equal((entries[0], entries[1]), (test.Memory.ReadUInt64(array), test.Memory.ReadUInt64(array + 8)));
        Assert.Equal(1, test.Int("KeReadStateQueue", queue));
    }

    [Fact]
    public void A_thread_that_ends_leaves_its_queue()
    {
        using var test = KernelTest.Boot();
        var queue = Queue(test, 1);
        test.CallNow("KeInsertQueue", queue, test.Allocate(16).Value);
        test.CallNow("KeRemoveQueue", queue, 0, 0);
        Assert.Equal(0u, Count(test, queue));
        Assert.True(test.Kernel.Ke.IsListEmpty(new KQueue(test.Memory, new VirtualAddress(queue)).ThreadListHead.Address));
    }

    private static ulong Queue(KernelTest test, ulong count)
    {
        var queue = test.Allocate(KQueue.SizeOf(test.Memory.Layout));
        test.CallNow("KeInitializeQueue", queue.Value, count);
        return queue.Value;
    }

    private static uint Count(KernelTest test, ulong queue) => new KQueue(test.Memory, new VirtualAddress(queue)).CurrentCount;

    private static List<ulong> Take(KernelTest test, ulong queue, int count) => test.Run(async _ =>
    {
        var taken = new List<ulong>();
        for (var i = 0; i < count; i++)
            taken.Add(await test.Call("KeRemoveQueue", queue, 0, 0));
        return taken;
    });
}

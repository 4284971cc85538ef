using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Queue objects: entries for a pool of threads, of which only so many run at once.</summary>
/// <remarks>
/// Doc: KeInitializeQueue, KeInsertQueue, KeRemoveQueue, KeRundownQueue, ntifs.h. A thread that takes an entry belongs to the queue until it asks
/// another one; while it waits for something else it does not count as running. The thread that waited last is served first.
/// </remarks>
internal sealed partial class KernelCore
{
    private const int QueueEntriesOnce = 64;

    /// <summary>What a thread's satisfied wait for a queue has taken.</summary>
    private readonly Dictionary<VirtualAddress, VirtualAddress> _takenEntries = [];

    /// <param name="count">Threads that may run at once; zero for as many as there are processors.</param>
    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeQueue, ntifs.h")]
    internal void KeInitializeQueue(KQueue queue, uint count)
    {
        Memory.Clear(queue.Address, KQueue.SizeOf(Memory.Layout));
        var header = queue.Header;
        header.SetType(Memory, DispatcherType.Queue);
        header.SetSize(Memory, (byte)(KQueue.SizeOf(Memory.Layout) / 4));
        InitializeList(header.WaitListHead.Address);
        InitializeList(queue.EntryListHead.Address);
        InitializeList(queue.ThreadListHead.Address);
        queue.SetMaximumCount(Memory, count == 0 ? 1 : count);
    }

    /// <returns>How many entries there were.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeReadStateQueue, ntifs.h")]
    internal int KeReadStateQueue(KQueue queue) => queue.Header.SignalState;

    /// <returns>How many entries there were before.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeInsertQueue, ntifs.h")]
    internal int KeInsertQueue(KQueue queue, ListEntry entry)
    {
        InsertTail(queue.EntryListHead.Address, entry.Address);
        return AnnounceEntry(queue);
    }

    /// <returns>How many entries there were before.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeInsertHeadQueue, ntifs.h")]
    internal int KeInsertHeadQueue(KQueue queue, ListEntry entry)
    {
        InsertHead(queue.EntryListHead.Address, entry.Address);
        return AnnounceEntry(queue);
    }

    /// <summary>Takes an entry, waiting for one.</summary>
    /// <returns>The entry, or STATUS_TIMEOUT, STATUS_USER_APC or STATUS_ABANDONED in the place of a pointer.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRemoveQueue, ntifs.h")]
    internal async GuestTask<ulong> KeRemoveQueue(KQueue queue, sbyte waitMode, VirtualAddress timeout)
    {
        var (status, entry) = await TakeEntry(queue, ReadTimeout(timeout), alertable: false, waitMode == 1);
        return status == NtStatus.Success ? entry.Value : status.Code;
    }

    /// <summary>Takes as many entries as there are, up to a number; waits for the first.</summary>
    /// <returns>How many were taken, or the status of a wait that ended without one.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRemoveQueueEx, ntifs.h")]
    internal async GuestTask<uint> KeRemoveQueueEx(
        KQueue queue, sbyte waitMode, NtBoolean alertable, VirtualAddress timeout, VirtualAddress entryArray, uint count)
    {
        var (status, entry) = await TakeEntry(queue, ReadTimeout(timeout), alertable, waitMode == 1);
        if (status != NtStatus.Success)
            return status.Code;
        Memory.WritePointer(entryArray, entry);
        var taken = 1;
        for (; taken < Math.Min(count, QueueEntriesOnce) && RemoveHead(queue.EntryListHead.Address) is { } next; taken++)
        {
            queue.Header.SetSignalState(Memory, queue.Header.SignalState - 1);
            Memory.WritePointer(entryArray + (8 * taken), next);
        }

        return (uint)taken;
    }

    /// <summary>Ends a queue: its threads belong to nothing any more, and its entries are handed back as a ring without a head.</summary>
    /// <returns>The first entry; null when there is none.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRundownQueue, ntifs.h", Missing = "threads that still wait for the queue")]
    internal VirtualAddress KeRundownQueue(KQueue queue)
    {
        if (_waits.Exists(w => Array.IndexOf(w.Objects, queue.Address) >= 0))
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "KeRundownQueue while threads wait for the queue");
        while (RemoveHead(queue.ThreadListHead.Address) is { } link)
            ThreadOfLink(link).SetQueue(Memory, VirtualAddress.Null);
        queue.SetCurrentCount(Memory, 0);
        var head = queue.EntryListHead.Address;
        if (IsListEmpty(head))
            return VirtualAddress.Null;
        var first = queue.EntryListHead.Flink;
        RemoveEntry(head);
        InitializeList(head);
        queue.Header.SetSignalState(Memory, 0);
        return first;
    }

    /// <summary>A thread that ends belongs to no queue any more, and another may run in its place.</summary>
    internal void LeaveQueue(KernelThread thread)
    {
        var own = new KThread(Memory, thread.Address);
        if (own.Queue.IsNull)
            return;
        var queue = new KQueue(Memory, own.Queue);
        own.SetQueue(Memory, VirtualAddress.Null);
        RemoveEntry(own.QueueListEntry.Address);
        StopRunning(queue);
    }

    private int AnnounceEntry(KQueue queue)
    {
        var before = queue.Header.SignalState;
        queue.Header.SetSignalState(Memory, before + 1);
        WakeForQueue(queue);
        return before;
    }

    private async GuestTask<(NtStatus Status, VirtualAddress Entry)> TakeEntry(KQueue queue, long? timeout100ns, bool alertable, bool userMode)
    {
        var thread = _kernel.CurrentThread;
        var own = new KThread(Memory, thread.Address);
        if (own.Queue == queue.Address)
            StopRunning(queue);
        else
        {
            LeaveQueue(thread);
            own.SetQueue(Memory, queue.Address);
            InsertTail(queue.ThreadListHead.Address, own.QueueListEntry.Address);
        }

        var status = await WaitForQueue(queue, timeout100ns, alertable, userMode);
        if (status == NtStatus.Success && _takenEntries.Remove(thread.Address, out var entry))
            return (status, entry);
        queue.SetCurrentCount(Memory, queue.CurrentCount + 1);
        return (status, VirtualAddress.Null);
    }

    private GuestTask<NtStatus> WaitForQueue(KQueue queue, long? timeout100ns, bool alertable, bool userMode)
    {
        if (HasEntryFor(queue))
        {
            TakeHead(_kernel.CurrentThread, queue);
            return GuestTask.FromResult(NtStatus.Success);
        }

        return timeout100ns == 0
            ? GuestTask.FromResult(NtStatus.Timeout)
            : BlockNow([queue.Address], false, timeout100ns, alertable, userMode);
    }

    /// <summary>The threads that wait for a queue, the last one first, as far as entries and the bound allow.</summary>
    private void WakeForQueue(KQueue queue)
    {
        for (var i = _waits.Count - 1; i >= 0 && HasEntryFor(queue); i--)
        {
            var wait = _waits[i];
            if (Array.IndexOf(wait.Objects, queue.Address) < 0)
                continue;
            TakeHead(wait.Thread, queue);
            _waits.RemoveAt(i);
            _kernel.Scheduler.EndWait(wait.Thread, NtStatus.Success);
        }
    }

    private bool HasEntryFor(KQueue queue) => !IsListEmpty(queue.EntryListHead.Address) && queue.CurrentCount < queue.MaximumCount;

    private void TakeHead(KernelThread thread, KQueue queue)
    {
        var entry = RemoveHead(queue.EntryListHead.Address) ?? throw new InvariantException("A queue without entries was taken from.");
        queue.Header.SetSignalState(Memory, queue.Header.SignalState - 1);
        queue.SetCurrentCount(Memory, queue.CurrentCount + 1);
        _takenEntries[thread.Address] = entry;
    }

    private void StopRunning(KQueue queue)
    {
        if (queue.CurrentCount > 0)
            queue.SetCurrentCount(Memory, queue.CurrentCount - 1);
        WakeForQueue(queue);
    }

    /// <summary>A thread of a queue that waits for something else makes room for another one.</summary>
    private async GuestTask<NtStatus> BlockOutsideQueue(VirtualAddress queueAddress, Func<GuestTask<NtStatus>> block)
    {
        var own = new KThread(Memory, _kernel.CurrentThread.Address);
        StopRunning(new KQueue(Memory, queueAddress));
        var status = await block();
        if (own.Queue == queueAddress)
        {
            var queue = new KQueue(Memory, queueAddress);
            queue.SetCurrentCount(Memory, queue.CurrentCount + 1);
        }

        return status;
    }

    private KThread ThreadOfLink(VirtualAddress link)
    {
        var offset = new KThread(Memory, VirtualAddress.Null).QueueListEntry.Address - VirtualAddress.Null;
        return new KThread(Memory, new VirtualAddress(link.Value - offset));
    }
}

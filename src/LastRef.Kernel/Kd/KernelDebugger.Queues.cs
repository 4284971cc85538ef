using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What waits: work items in the executive's queues, removals that wait for closes; and providers of events.</summary>
/// <remarks>
/// Fact: the structures are in the public symbols. Where the queues are moved with the builds: an array of the kernel up to Windows 7, a
/// node's own afterwards, those of a partition from 10.0.17763 on.
/// </remarks>
internal sealed partial class KernelDebugger
{
    private const int EventBuckets = 64;
    private const int EventLists = 3;

    private void PublishWorkQueues()
    {
        if (MakeWorkQueue() is not { } queue)
            return;
        foreach (var record in Standing(RegistrationKind.ExWorkItem))
        {
            if (IsQueued(new WorkQueueItem(Memory, record.Address)))
                GuestList.InsertTail(Memory, queue, new WorkQueueItem(Memory, record.Address).List);
        }

        foreach (var record in Standing(RegistrationKind.WorkItem))
        {
            var item = new IoWorkItem(Memory, record.Address);
            if (!IsQueued(item.WorkItem))
                continue;
            // The I/O manager's item is in the queue for a routine of the I/O manager, which finds the driver's in it.
            if (Memory.Layout.FindSymbol("IopProcessWorkItem") is { } process)
                item.WorkItem.SetWorkerRoutine(Memory, AddressMap.KernelImage + (ulong)process.Value);
            item.WorkItem.SetParameter(Memory, item.Address);
            GuestList.InsertTail(Memory, queue, item.WorkItem.List);
        }
    }

    /// <summary>An item is in a queue until its routine is called.</summary>
    private bool IsQueued(WorkQueueItem item) => Memory.TryRead(item.Address, new byte[0x20], out _) && !item.List.Flink.IsNull;

    /// <summary>The list of one queue, reached as the build reaches it; null where its structures are not known.</summary>
    private ListEntry? MakeWorkQueue()
    {
        var layout = Memory.Layout;
        if (layout.Structure("_EX_WORK_QUEUE") is not { Size: > 0 } queue)
            return null;
        if (layout.TryGetField("_EX_WORK_QUEUE", "WorkerQueue.EntryListHead", out var head))
        {
            const int queues = 3, delayedWorkQueue = 1;
            var first = Images.Variable("ExWorkerQueue", queues * queue.Size);
            for (var i = 0; i < queues; i++)
                _kernel.Ke.InitializeList(first + ((i * queue.Size) + head.Offset));
            return new ListEntry(Memory, first + ((delayedWorkQueue * queue.Size) + head.Offset));
        }

        if (!layout.TryGetField("_EX_WORK_QUEUE", "WorkPriQueue.EntryListHead", out var heads))
            return null;
        const int normalPriority = 12;
        var made = Allocate(queue.Size, "ExWq");
        for (var i = 0; i < heads.Count; i++)
            _kernel.Ke.InitializeList(made + (heads.Offset + (16 * i)));
        if (layout.TryGetField("_EX_PARTITION", "WorkQueues", out var ofPartition) && layout.TryGetField("_EPARTITION", "ExPartition", out var executive))
        {
            var (partition, ex, nodes, node) = (Allocate(layout.Structure("_EPARTITION")!.Size, "Part"), Allocate(layout.Structure("_EX_PARTITION")!.Size, "ExPt"), Allocate(8, "ExPt"), Allocate(8 * 8, "ExPt"));
            Memory.WritePointer(Images.Variable("PspSystemPartition", 8), partition);
            Memory.WritePointer(partition + executive.Offset, ex);
            Memory.WritePointer(ex + ofPartition.Offset, nodes);
            Memory.WritePointer(nodes, node);
            Memory.WritePointer(node, made);
        }
        else if (layout.TryGetField("_ENODE", "ExWorkQueues", out var ofNode))
        {
            var node = Allocate(layout.Structure("_ENODE")!.Size, "Node");
            Memory.WritePointer(Images.Variable("KeNodeBlock", 8 * 64), node);
            Memory.WritePointer(node + ofNode.Offset, made);
        }
        else
        {
            return null;
        }

        return new ListEntry(Memory, made + (heads.Offset + (16 * normalPriority)));
    }

    private void PublishEventProviders()
    {
        var layout = Memory.Layout;
        VirtualAddress table;
        if (layout.TryGetField("_ETW_SILODRIVERSTATE", "EtwpGuidHashTable", out var ofSilo))
        {
            var silo = Allocate(layout.Structure("_ETW_SILODRIVERSTATE")!.Size, "EtwS");
            Memory.WritePointer(Images.Variable("EtwpHostSiloState", 8), silo);
            table = silo + ofSilo.Offset;
        }
        else if (layout.FindSymbol("EtwpGuidHashTable") is not null)
        {
            table = Images.Variable("EtwpGuidHashTable", EventBuckets * EventBucketBytes);
        }
        else
        {
            return;
        }

        for (var i = 0; i < EventBuckets * EventLists; i++)
            _kernel.Ke.InitializeList(table + ((i / EventLists * EventBucketBytes) + (i % EventLists * 16)));
        foreach (var (provider, callback, _) in _kernel.Ex.Providers.OrderBy(p => p.Key).Select(p => p.Value))
        {
            var guid = new EtwGuidEntry(Memory, Allocate(EtwGuidEntry.SizeOf(layout), "EtwG"));
            guid.SetGuid(Memory, provider);
            _kernel.Ke.InitializeList(guid.RegListHead.Address);

            // The kernel's hash is not known; whoever looks for a registration walks all buckets.
            GuestList.InsertTail(Memory, new ListEntry(Memory, table + (EventBucketBytes * (provider.ToByteArray()[0] % EventBuckets))), guid.GuidList);
            var entry = new EtwRegEntry(Memory, Allocate(EtwRegEntry.SizeOf(layout), "EtwR"));
            entry.SetCallback(Memory, callback);
            entry.SetGuidEntry(Memory, guid.Address);
            if (layout.TryGetField("_ETW_REG_ENTRY", "Flags", out var flags))
                Memory.WriteByte(entry.Address + flags.Offset, KernelRegistration);
            GuestList.InsertTail(Memory, guid.RegListHead, entry.RegList);
        }
    }

    /// <summary>Three lists, one for each kind of GUID, and a lock: _ETW_HASH_BUCKET, whose size 7601 has too.</summary>
    private const int EventBucketBytes = 0x38;

    private const byte KernelRegistration = 1;

    /// <summary>Devices whose removal waits for closes (U-1.57).</summary>
    private void PublishPendingRemovals()
    {
        if (Memory.Layout.Structure("_PENDING_RELATIONS_LIST_ENTRY") is not { Size: > 0 })
            return;
        var devices = new Stack<PnpDevice>([_kernel.Pnp.Root]);
        while (devices.TryPop(out var device))
        {
            foreach (var child in device.Children)
                devices.Push(child);
            if (!device.IsSurpriseRemoved || device.IsDeleted)
                continue;
            var pending = new PendingRelationsListEntry(Memory, Allocate(PendingRelationsListEntry.SizeOf(Memory.Layout), "Pnp "));
            pending.SetDeviceObject(Memory, device.Pdo);
            Insert("IopPendingSurpriseRemovals", pending.Link);
        }
    }

    private IEnumerable<RegistrationRecord> Standing(RegistrationKind kind)
    {
        var live = new Dictionary<VirtualAddress, RegistrationRecord>();
        foreach (var record in _kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == kind))
        {
            if (record.Begin)
                live[record.Address] = record;
            else
                live.Remove(record.Address);
        }

        return live.Values.OrderBy(record => record.Sequence);
    }
}

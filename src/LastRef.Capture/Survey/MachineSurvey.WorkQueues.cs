using LastRef.Nt;

namespace LastRef;

/// <summary>Work items that are queued and have not run.</summary>
/// <remarks>
/// Fact: the structures are in the public symbols. The queues are an array of the kernel in Windows 7 (ExWorkerQueue), a node's own later
/// (KeNodeBlock, ENODE.ExWorkQueues), those of a partition from 10.0.17763 on (PspSystemPartition, EX_PARTITION.WorkQueues).
/// </remarks>
public sealed partial class MachineSurvey
{
    private const int MostNodes = 64;
    private const int QueuesOfNode = 8;
    private QueuedWork? _queuedWork;

    internal QueuedWork QueuedWork => _queuedWork ??= ReadWorkQueues();

    private QueuedWork ReadWorkQueues()
    {
        var (items, ioItems) = (new List<VirtualAddress>(), new List<VirtualAddress>());
        var process = _machine.Find("IopProcessWorkItem");
        foreach (var head in WorkQueues())
        {
            foreach (var link in LinksAt(head, "a queue of work items"))
            {
                if (items.Count + ioItems.Count >= _options.ListLimit)
                {
                    Gap($"the queues of work items: stopped after {_options.ListLimit}");
                    return new QueuedWork(items, ioItems);
                }

                // The list entry is an item's first field.
                var item = new WorkQueueItem(Target, link);
                if (!TryPointer(item.WorkerRoutineAddress, out var routine) || !TryPointer(item.ParameterAddress, out var parameter))
                    Gap($"the work item at {link} is unreadable");
                else if (process is not null && routine == process)
                    ioItems.Add(parameter);
                else
                    items.Add(link);
            }
        }

        return new QueuedWork(items, ioItems);
    }

    /// <summary>Heads of the lists of all queues.</summary>
    private IEnumerable<VirtualAddress> WorkQueues()
    {
        const string what = "the queues of work items";
        if (Layout.Structure("_EX_WORK_QUEUE") is not { Size: > 0 } structure)
        {
            Gap($"{what}: their layout is not known (symbols of this kernel would tell it)");
            yield break;
        }

        if (Layout.TryGetField("_EX_WORK_QUEUE", "WorkerQueue.EntryListHead", out var only))
        {
            const int queues = 3;
            if (Variable("ExWorkerQueue", what) is not { } first)
                yield break;
            for (var i = 0; i < queues; i++)
                yield return first + ((i * structure.Size) + only.Offset);
            yield break;
        }

        if (!Layout.TryGetField("_EX_WORK_QUEUE", "WorkPriQueue.EntryListHead", out var heads))
        {
            Gap($"{what}: their layout is not known (symbols of this kernel would tell it)");
            yield break;
        }

        var seen = new HashSet<VirtualAddress>();
        foreach (var queue in QueuesOfNodes(what).Where(seen.Add))
        {
            for (var priority = 0; priority < Math.Clamp(heads.Count, 1, 32); priority++)
                yield return queue + (heads.Offset + (16 * priority));
        }
    }

    /// <summary>The queues of every node, which arrays of pointers lead to; a null ends each.</summary>
    private IEnumerable<VirtualAddress> QueuesOfNodes(string what)
    {
        var isOfPartition = Layout.TryGetField("_EX_PARTITION", "WorkQueues", out var ofPartition);
        if (!isOfPartition && !Layout.TryGetField("_ENODE", "ExWorkQueues", out _))
        {
            Gap($"{what}: where they are is not known (symbols of this kernel would tell it)");
            yield break;
        }

        VirtualAddress nodes;
        if (isOfPartition)
        {
            if (Variable("PspSystemPartition", what) is not { } variable || !Layout.TryGetField("_EPARTITION", "ExPartition", out var executive))
                yield break;
            if (!TryPointer(variable, out var partition) || !TryPointer(partition + executive.Offset, out var ex) || !TryPointer(ex + ofPartition.Offset, out nodes))
            {
                Gap($"{what}: the system's partition is unreadable");
                yield break;
            }
        }
        else if (Variable("KeNodeBlock", what) is { } block)
        {
            nodes = block;
        }
        else
        {
            yield break;
        }

        var offset = isOfPartition ? 0 : Layout.TryGetField("_ENODE", "ExWorkQueues", out var ofNode) ? ofNode.Offset : 0;
        for (var node = 0; node < MostNodes && TryPointer(nodes + (8 * node), out var queues) && queues.IsKernel; node++)
        {
            for (var i = 0; i < QueuesOfNode && TryPointer(queues + (offset + (8 * i)), out var queue) && queue.IsKernel; i++)
                yield return queue;
        }
    }
}

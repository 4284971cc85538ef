using LastRef.Nt;

namespace LastRef;

/// <summary>What threads wait for.</summary>
public sealed partial class MachineSurvey
{
    private const int MostWaitObjects = 64;
    private const int MostWaits = 256;
    private const int RemoveEventOffset = 8;

    /// <summary>The waits of some threads, and of those that could end them: a thread that is waited for, the owner of a mutex or fast mutex.</summary>
    private List<WaitRoot> WaitsOf(IEnumerable<VirtualAddress> threads)
    {
        var known = Threads.ToDictionary(thread => thread.Address);
        var waits = new List<WaitRoot>();
        var seen = new HashSet<VirtualAddress>();
        var todo = new Queue<VirtualAddress>(threads);
        while (todo.TryDequeue(out var address) && waits.Count < MostWaits)
        {
            if (!seen.Add(address) || !known.TryGetValue(address, out var thread) || Try("the wait of the thread", address, () => WaitOf(thread)) is not { } wait)
                continue;
            waits.Add(wait);
            foreach (var other in OwnersOf(wait).Where(owner => known.ContainsKey(owner)))
                todo.Enqueue(other);
        }

        return waits;
    }

    private WaitRoot? WaitOf(SurveyedThread thread)
    {
        if (thread.State != Waiting || thread.WaitObject.IsNull)
            return null;
        var (objects, isAll) = WaitObjectsOf(thread);
        var (subject, at) = objects is [var only] ? SubjectOf(only) : (WaitSubject.Objects, default);
        return new WaitRoot(thread.Address, $"thread {thread.Id} of {thread.Process.Name} (process {thread.Process.Id})", objects, isAll, null, 0, subject, at);
    }

    /// <summary>The objects of a wait, from its blocks: a ring up to Windows 7, later side by side and counted.</summary>
    private (IReadOnlyList<VirtualAddress> Objects, bool IsAll) WaitObjectsOf(SurveyedThread thread)
    {
        var objects = new List<VirtualAddress>();
        var tcb = new EThread(Target, thread.Address).Tcb;
        var first = tcb.WaitBlockList;
        var block = new KWaitBlock(Target, first);
        var isAll = Target.TryRead(block.WaitTypeAddress, new byte[1], out _) && block.WaitType == 0;
        if (Layout.TryGetField("_KWAIT_BLOCK", "NextWaitBlock", out var next))
        {
            for (var at = first; at.IsKernel && objects.Count < MostWaitObjects && TryPointer(new KWaitBlock(Target, at).ObjectAddress, out var waited);)
            {
                objects.Add(waited);
                if (!TryPointer(at + next.Offset, out at) || at == first)
                    break;
            }

            return (objects, isAll && objects.Count > 1);
        }

        var count = 1;
        if (Layout.TryGetField("_KTHREAD", "WaitBlockCount", out var field))
        {
            Span<byte> one = stackalloc byte[1];
            if (Target.TryRead(thread.Address + field.Offset, one, out _))
                count = Math.Clamp(one[0], (byte)1, (byte)MostWaitObjects);
        }

        var size = KWaitBlock.SizeOf(Layout);
        for (var i = 0; i < count && TryPointer(new KWaitBlock(Target, first + (i * size)).ObjectAddress, out var waited) && waited.IsKernel; i++)
            objects.Add(waited);
        return (objects, isAll && objects.Count > 1);
    }

    /// <summary>What stands behind an event: a remove lock whose owner waits for its release, or a fast mutex; else the event itself.</summary>
    /// <remarks>Nothing marks such a lock in memory: it is one when every field around the event fits (U-1.45; FAST_MUTEX, wdm.h).</remarks>
    private (WaitSubject Subject, VirtualAddress At) SubjectOf(VirtualAddress waited)
    {
        Span<byte> head = stackalloc byte[8];
        var @event = new DispatcherHeader(Target, waited);
        if (!Target.TryRead(waited, head, out _) || @event.Type != DispatcherType.EventSynchronization || @event.Size != 6 || @event.SignalState != 0)
            return (WaitSubject.Objects, default);
        const int mostAcquisitions = 0x10000;
        var at = waited - RemoveEventOffset;
        // Removed 1, three bytes of padding, a count of those who have not released it.
        if (Target.TryRead(at, head, out _) && BitConverter.ToUInt32(head) == 1 && BitConverter.ToInt32(head[4..]) is > 0 and < mostAcquisitions)
            return (WaitSubject.RemoveLock, at);
        if (Layout.TryGetField("_FAST_MUTEX", "Event", out var place) && Layout.TryGetField("_FAST_MUTEX", "Owner", out var owner)
            && TryPointer(waited - place.Offset + owner.Offset, out var thread) && Threads.Any(t => t.Address == thread))
            return (WaitSubject.FastMutex, waited - place.Offset);
        return (WaitSubject.Objects, default);
    }

    private IEnumerable<VirtualAddress> OwnersOf(WaitRoot wait)
    {
        if (wait.Subject == WaitSubject.FastMutex && TryPointer(new FastMutex(Target, wait.SubjectAddress).OwnerAddress, out var owner))
            yield return owner;
        var type = new byte[1];
        foreach (var waited in wait.Objects)
        {
            if (!Target.TryRead(waited, type, out _))
                continue;
            if ((DispatcherType)type[0] == DispatcherType.Thread)
                yield return waited;
            else if ((DispatcherType)type[0] == DispatcherType.Mutant && TryPointer(new KMutant(Target, waited).OwnerThreadAddress, out var holder))
                yield return holder;
        }
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Making objects, and the one gate through which their counters change.</summary>
internal sealed partial class ObjectManager
{
    /// <summary>sizeof(_OBJECT_HEADER) up to its Body (U-1.22).</summary>
    private const int ObjectHeaderBytes = 0x30;

    private const int NameInfoBytes = 0x20;
    private readonly Queue<VirtualAddress> _deferredDeletes = new();

    /// <summary>Every object, so that a capture need not guess where pool holds one; the objects themselves are in memory.</summary>
    private readonly SortedDictionary<VirtualAddress, ObjectKind> _live = [];

    /// <summary>Makes an object with a pointer count of one, which the caller owns.</summary>
    /// <param name="bodyBytes">Size of the body; it is zeroed.</param>
    /// <param name="cause">What the first reference is for.</param>
    public VirtualAddress Create(ObjectKind kind, ulong bodyBytes, uint tag, ReferenceCause cause = ReferenceCause.KeepAlive)
    {
        var body = Allocate(kind, bodyBytes, tag, withName: true);
        _kernel.Record(new ObjectRecord(true, body, kind.ToString()));
        _kernel.Record(new ReferenceRecord(body, kind.ToString(), ReferenceCounter.PointerCount, 0, 1, cause, VirtualAddress.Null));
        return body;
    }

    /// <summary>An application asked for the object: its header does not say that the kernel did (U-1.23a).</summary>
    public void MarkOfUserMode(VirtualAddress body)
    {
        var header = HeaderOf(body);
        header.SetFlags(Memory, header.Flags & ~ObjectHeaderFlags.KernelObject);
    }

    /// <summary>Adds a pointer reference.</summary>
    /// <param name="holder">What holds it: a handle entry, a device, a registration; null when the caller is unknown.</param>
    /// <returns>The new pointer count.</returns>
    public long Reference(VirtualAddress body, ReferenceCause cause, VirtualAddress holder = default)
    {
        var header = HeaderOf(body);
        var before = header.PointerCount;
        if (before <= 0)
        {
            // U-1.37: taking a reference on a dead object; Driver Verifier has a rule for it (8.3: 0xC4, 3F).
            if (_kernel.Options.Verifier)
                throw MachineStopException.BugCheck(0xC4, $"a reference was taken on an object whose pointer count is {before}", 0x3F, body.Value, unchecked((ulong)before));
            throw MachineStopException.BugCheck(
                0x18, $"a reference was taken on an object whose pointer count is {before}", 0, body.Value, 2, unchecked((ulong)before));
        }

        header.SetPointerCount(Memory, before + 1);
        RecordCount(body, ReferenceCounter.PointerCount, before, before + 1, cause, holder);
        return before + 1;
    }

    /// <summary>Drops a pointer reference; the last one deletes the object, in a worker thread when IRQL is raised (U-1.36).</summary>
    public GuestTask Dereference(VirtualAddress body, ReferenceCause cause, VirtualAddress holder = default)
    {
        if (!DropReference(body, cause, holder))
            return GuestTask.CompletedTask;
        if (_kernel.Ke.CurrentIrql == Irql.Passive && _kernel.Scheduler.Current is { } thread && thread != _kernel.Scheduler.Idle)
            return Delete(body);
        DeferDelete(body);
        return GuestTask.CompletedTask;
    }

    /// <summary>Drops a pointer reference; if it was the last, a worker thread deletes the object (Doc: ObDereferenceObjectDeferDelete).</summary>
    public void DereferenceDeferDelete(VirtualAddress body, ReferenceCause cause, VirtualAddress holder = default)
    {
        if (DropReference(body, cause, holder))
            DeferDelete(body);
    }

    /// <summary>Objects that a worker thread has to delete.</summary>
    public bool TryTakeDeferredDelete(out VirtualAddress body) => _deferredDeletes.TryDequeue(out body);

    /// <summary>Runs the type's delete procedure and frees the memory.</summary>
    public async GuestTask Delete(VirtualAddress body)
    {
        var kind = KindOf(body) ?? throw MachineStopException.BugCheck(
            0x18, $"what lies at {body} is no object, and its last reference was dropped", 0, body.Value, 2);
        if (_delete[(int)kind] is { } procedure)
            await procedure(body);
        _kernel.Record(new ObjectRecord(false, body, kind.ToString()));
        Free(body);
    }

    /// <summary>Bodies of all objects of a kind, by address.</summary>
    public IEnumerable<VirtualAddress> AllOf(ObjectKind kind) => _live.Where(o => o.Value == kind).Select(o => o.Key);

    /// <summary>Whether an address is the body of an object that has not been freed.</summary>
    public bool IsAlive(VirtualAddress body, ObjectKind kind) => _live.TryGetValue(body, out var known) && known == kind;

    /// <summary>The kind of an object that has not been freed; null for any other address.</summary>
    internal ObjectKind? KindOfLive(VirtualAddress body) => _live.TryGetValue(body, out var kind) ? kind : null;

    /// <summary>Changes <c>HandleCount</c> through its gate.</summary>
    private long ChangeHandleCount(VirtualAddress body, int change, ReferenceCause cause, VirtualAddress holder)
    {
        var header = HeaderOf(body);
        var before = header.HandleCount;
        header.SetHandleCount(Memory, before + change);
        RecordCount(body, ReferenceCounter.HandleCount, before, before + change, cause, holder);
        return before + change;
    }

    private bool DropReference(VirtualAddress body, ReferenceCause cause, VirtualAddress holder, long count = 1)
    {
        var header = HeaderOf(body);
        var before = header.PointerCount;
        header.SetPointerCount(Memory, before - count);
        RecordCount(body, ReferenceCounter.PointerCount, before, before - count, cause, holder);
        if (before - count < 0)
        {
            // U-1.37 and R-33: one dereference too many.
            throw MachineStopException.BugCheck(
                0x18, $"the pointer count of an object fell to {before - count}", 0, body.Value, 3, unchecked((ulong)(before - count)));
        }

        return before - count == 0;
    }

    private void DeferDelete(VirtualAddress body)
    {
        _deferredDeletes.Enqueue(body);
        _kernel.Ex.WakeDeferredDeleteWorker();
    }

    private void RecordCount(VirtualAddress body, ReferenceCounter counter, long before, long after, ReferenceCause cause, VirtualAddress holder) =>
        _kernel.Record(new ReferenceRecord(body, KindOf(body)?.ToString() ?? "?", counter, before, after, cause, holder));

    private VirtualAddress Allocate(ObjectKind kind, ulong bodyBytes, uint tag, bool withName)
    {
        var prefix = withName ? NameInfoBytes : 0;
        var block = _kernel.Ex.NonPagedPool.Allocate((ulong)(prefix + ObjectHeaderBytes) + bodyBytes, tag, null);
        var header = new ObjectHeader(Memory, block + prefix);
        header.SetPointerCount(Memory, 1);
        header.SetTypeIndex(Memory, EncodeTypeIndex(header.Address, (int)kind + 2));
        header.SetInfoMask(Memory, withName ? ObjectInfoMask.NameInfo : 0);
        header.SetFlags(Memory, ObjectHeaderFlags.KernelObject);
        var body = header.Address + ObjectHeaderBytes;
        _live.Add(body, kind);
        return body;
    }

    private void Free(VirtualAddress body)
    {
        var header = HeaderOf(body);
        var prefix = (header.InfoMask & ObjectInfoMask.NameInfo) != 0 ? NameInfoBytes : 0;
        if (prefix != 0)
            FreeName(body);
        _live.Remove(body);
        if (_kernel.Ex.NonPagedPool.Free(header.Address - prefix) is null)
            throw MachineStopException.BugCheck(0xC2, $"the object at {body}, which is not in pool, lost its last reference", 7, 0, 0, body.Value);
    }
}

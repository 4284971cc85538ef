using LastRef.Nt;

namespace LastRef;

/// <summary>What object reference tracing kept of an object (gflags /ko, !obtrace).</summary>
/// <remarks>
/// Fact: the structures and variables are in the public symbols of every build from Windows 7 on: ObpObjectTable leads to ObpObjectBuckets
/// chains of _OBJECT_REF_INFO, ObpStackTable to a _STACK_TABLE whose blocks hold _OBJECT_REF_TRACE. Inferred, so checked against the object's
/// own count before it is believed: that the top bit of a record's Index tells taking from giving back, and that the others number the stack.
/// </remarks>
public sealed partial class MachineSurvey
{
    private const int MostBuckets = 0x10000;
    private const int UsualStacksPerBlock = 1024;
    private const int StackBlocks = 16;
    private const int FramesOfTrace = 16;
    private const ushort TakenBit = 0x8000;
    private Dictionary<VirtualAddress, VirtualAddress>? _traced;
    private ImageExports? _kernelExports;

    /// <summary>Whether the kernel was tracing references of objects.</summary>
    public bool IsTracingReferences => Traced.Count > 0;

    /// <summary>The record of each object that is traced, by the address of its header.</summary>
    private Dictionary<VirtualAddress, VirtualAddress> Traced => _traced ??= ReadTraced();

    private Dictionary<VirtualAddress, VirtualAddress> ReadTraced()
    {
        const string what = "the traces of object references";
        var traced = new Dictionary<VirtualAddress, VirtualAddress>();
        if (_machine.Find("ObpTraceFlags") is not { } flags || !TryUInt32(flags, out var on) || on == 0)
            return traced;
        if (Layout.Structure("_OBJECT_REF_INFO") is not { Size: > 0 } || Layout.Structure("_STACK_TABLE") is not { Size: > 0 })
        {
            Gap($"{what}: tracing was on, but the layout of its tables is not known (symbols of this kernel would tell it)");
            return traced;
        }

        if (Variable("ObpObjectTable", what) is not { } variable || Variable("ObpObjectBuckets", what) is not { } buckets
            || !TryPointer(variable, out var table) || !table.IsKernel || !TryUInt32(buckets, out var count))
            return traced;
        var visited = 0;
        for (var i = 0; i < (int)Math.Min(count, MostBuckets); i++)
        {
            var seen = new HashSet<VirtualAddress>();
            for (var at = TryPointer(table + (8 * i), out var first) ? first : default; at.IsKernel; at = TryPointer(new ObjectRefInfo(Target, at).NextRefAddress, out var next) ? next : default)
            {
                if (!seen.Add(at) || ++visited > _options.ListLimit || IsCancelled)
                {
                    Gap($"{what}: bucket {i} {(IsCancelled ? "was cut off on request" : "runs in a circle or without end")} at {at}");
                    return traced;
                }

                if (TryPointer(new ObjectRefInfo(Target, at).ObjectHeaderAddress, out var header))
                    traced.TryAdd(header, at);
            }
        }

        return traced;
    }

    /// <summary>The recorded changes of some objects, oldest first; of one whose records do not add up to its count, none.</summary>
    private List<CapturedReferenceChange> ReferenceChangesOf(IEnumerable<VirtualAddress> bodies)
    {
        var changes = new List<CapturedReferenceChange>();
        if (Traced.Count == 0)
            return changes;
        foreach (var body in bodies)
        {
            if (!Traced.TryGetValue(body - ObjectHeaderBytes, out var info)
                || Try("the reference trace of the object", body, () => ReadChanges(body, new ObjectRefInfo(Target, info))) is not { } read)
                continue;
            var count = new ObjectHeader(Target, body - ObjectHeaderBytes).PointerCount;
            var sum = read.Sum(change => (long)change.Change);
            if (sum == count)
                changes.AddRange(read);
            else if (sum == -count)
                changes.AddRange(read.Select(change => change with { Change = -change.Change }));
            else
                Gap($"the reference trace of the object at {body}: its {read.Count} records add up to {sum}, and the object counts {count}: nothing is concluded from them");
        }

        return changes;
    }

    private List<CapturedReferenceChange> ReadChanges(VirtualAddress body, ObjectRefInfo info)
    {
        var first = info.Address + OffsetOf("_OBJECT_REF_INFO", "StackInfo");
        var size = ObjectRefStackInfo.SizeOf(Layout);
        var changes = new List<CapturedReferenceChange>();
        for (var i = 0; i < Math.Min(info.NextPos, info.MaxStacks); i++)
        {
            var record = new ObjectRefStackInfo(Target, first + (i * size));
            var (site, routine) = CallerOf(record.Index & ~TakenBit);
            changes.Add(new CapturedReferenceChange(
                body, record.Sequence, (record.Index & TakenBit) != 0 ? record.NumTraces : -record.NumTraces, TagText(record.Tag), site, routine) { Record = record.Address });
        }

        return [.. changes.OrderBy(change => change.Sequence)];
    }

    /// <summary>The first frame of a kept stack that is not the kernel's, and the routine of the kernel that it called.</summary>
    private (CallSite? Site, string? Routine) CallerOf(int index)
    {
        if (Variable("ObpStackTable", "the traces of object references") is not { } variable || !TryPointer(variable, out var table) || Modules.Count == 0)
            return default;
        var perBlock = Variable("ObpStacksPerBucket", "the traces of object references") is { } at && TryUInt32(at, out var stacks) && stacks is > 0 and <= 0x8000
            ? (int)stacks : UsualStacksPerBlock;
        if (index / perBlock >= StackBlocks || !TryPointer(table + (OffsetOf("_STACK_TABLE", "StackTrace") + (8 * (index / perBlock))), out var block) || !block.IsKernel)
            return default;
        var trace = block + (index % perBlock * Layout.Structure("_OBJECT_REF_TRACE")!.Size);
        var called = default(VirtualAddress);
        for (var i = 0; i < FramesOfTrace && TryPointer(trace + (8 * i), out var frame) && frame.IsKernel; i++)
        {
            if (Modules[0].Contains(frame))
            {
                called = frame;
                continue;
            }

            return (SiteOf(frame), called.IsNull ? null : (_kernelExports ??= new ImageExports(Target, Modules[0])).NameAt(called, Unwinder.FunctionAt(called - 1)?.Begin ?? default));
        }

        return default;
    }

    /// <summary>Who took a reference may have left memory since: then the history of unloaded images names it.</summary>
    private CallSite SiteOf(VirtualAddress frame)
    {
        if (Unwinder.ModuleOf(frame) is { } module)
            return new CallSite(frame, module.Name, new Rva((uint)(frame - module.Base)));
        return Unloaded.FirstOrDefault(image => frame >= image.Start && frame < image.End) is { } gone
            ? new CallSite(frame, gone.Name, new Rva((uint)(frame - gone.Start)))
            : new CallSite(frame, null, new Rva(0));
    }

    private int OffsetOf(string structure, string field) =>
        Layout.TryGetField(structure, field, out var found) ? found.Offset : throw new InputException($"{structure}.{field} is not known");

    private static string TagText(uint tag) =>
        string.Concat(Enumerable.Range(0, 4).Select(i => (char)((tag >> (8 * i)) & 0x7F)).Select(c => char.IsControl(c) ? '.' : c)).TrimEnd();
}

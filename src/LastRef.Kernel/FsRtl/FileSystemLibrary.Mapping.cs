using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Map control blocks: where the runs of a file lie on its volume.</summary>
/// <remarks>
/// Doc: FsRtlInitializeLargeMcb and its neighbours, ntifs.h. LARGE_MCB: GuardedMutex 0, then BASE_MCB: MaximumPairCount 8, PairCount Ch, PoolType 10h,
/// Flags 12h, Mapping 18h. A pair is the block behind a run and where the run begins on the volume, minus one for a hole. The run list ends with
/// the last run that is no hole.
/// </remarks>
internal sealed partial class FileSystemLibrary
{
    private const int BaseOffset = 8, MaximumPairs = 0, Pairs = 4, PoolTypeOffset = 8, Mapping = 0x10, PairBytes = 16;
    private const uint FirstPairs = 15;
    private const long Hole = -1;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlInitializeLargeMcb, ntifs.h")]
    internal void FsRtlInitializeLargeMcb(VirtualAddress mcb, PoolType poolType)
    {
        Memory.WritePointer(mcb, Allocate(FastMutex.SizeOf(Memory.Layout)));
        _kernel.Ex.KeInitializeGuardedMutex(new FastMutex(Memory, Memory.ReadPointer(mcb)));
        FsRtlInitializeBaseMcb(mcb + BaseOffset, poolType);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlInitializeBaseMcb, ntifs.h")]
    internal void FsRtlInitializeBaseMcb(VirtualAddress mcb, PoolType poolType)
    {
        Memory.WriteUInt32(mcb + MaximumPairs, FirstPairs);
        Memory.WriteUInt32(mcb + Pairs, 0);
        Memory.WriteUInt32(mcb + PoolTypeOffset, (ushort)poolType);
        Memory.WritePointer(mcb + Mapping, Allocate((int)FirstPairs * PairBytes));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlUninitializeLargeMcb, ntifs.h")]
    internal void FsRtlUninitializeLargeMcb(VirtualAddress mcb)
    {
        if (Memory.ReadPointer(mcb).IsNull)
            return;
        Free(Memory.ReadPointer(mcb));
        Memory.WritePointer(mcb, VirtualAddress.Null);
        FsRtlUninitializeBaseMcb(mcb + BaseOffset);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlUninitializeBaseMcb, ntifs.h")]
    internal void FsRtlUninitializeBaseMcb(VirtualAddress mcb)
    {
        Free(Memory.ReadPointer(mcb + Mapping));
        Memory.WritePointer(mcb + Mapping, VirtualAddress.Null);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlResetLargeMcb, ntifs.h")]
    internal void FsRtlResetLargeMcb(VirtualAddress mcb, NtBoolean selfSynchronized) => WriteRuns(mcb + BaseOffset, []);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlTruncateLargeMcb, ntifs.h")]
    internal void FsRtlTruncateLargeMcb(VirtualAddress mcb, long vbn) => FsRtlTruncateBaseMcb(mcb + BaseOffset, vbn);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlTruncateBaseMcb, ntifs.h")]
    internal void FsRtlTruncateBaseMcb(VirtualAddress mcb, long vbn) => WriteRuns(mcb, Punch(ReadRuns(mcb), vbn, long.MaxValue));

    /// <returns>FALSE when a part of the range is mapped to another place already.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlAddLargeMcbEntry, ntifs.h")]
    internal NtBoolean FsRtlAddLargeMcbEntry(VirtualAddress mcb, long vbn, long lbn, long sectorCount) =>
        FsRtlAddBaseMcbEntry(mcb + BaseOffset, vbn, lbn, sectorCount);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlAddBaseMcbEntry, ntifs.h")]
    internal NtBoolean FsRtlAddBaseMcbEntry(VirtualAddress mcb, long vbn, long lbn, long sectorCount)
    {
        if (vbn < 0 || sectorCount <= 0)
            return false;
        var runs = ReadRuns(mcb);
        var end = vbn + sectorCount;
        if (runs.Any(r => r.Vbn < end && r.End > vbn && r.Lbn - r.Vbn != lbn - vbn))
            return false;
        var added = Punch(runs, vbn, end);
        added.Add(new McbRun(vbn, end, lbn));
        WriteRuns(mcb, added);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlRemoveLargeMcbEntry, ntifs.h")]
    internal void FsRtlRemoveLargeMcbEntry(VirtualAddress mcb, long vbn, long sectorCount) =>
        WriteRuns(mcb + BaseOffset, Punch(ReadRuns(mcb + BaseOffset), vbn, vbn + sectorCount));

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlRemoveBaseMcbEntry, ntifs.h")]
    internal NtBoolean FsRtlRemoveBaseMcbEntry(VirtualAddress mcb, long vbn, long sectorCount)
    {
        WriteRuns(mcb, Punch(ReadRuns(mcb), vbn, vbn + sectorCount));
        return true;
    }

    /// <summary>Moves everything from a block on up by some blocks; a hole is left.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlSplitLargeMcb, ntifs.h")]
    internal NtBoolean FsRtlSplitLargeMcb(VirtualAddress mcb, long vbn, long amount)
    {
        var split = new List<McbRun>();
        foreach (var run in ReadRuns(mcb + BaseOffset))
        {
            if (run.Vbn < vbn)
                split.Add(run with { End = Math.Min(run.End, vbn) });
            if (run.End > vbn)
            {
                var first = Math.Max(run.Vbn, vbn);
                split.Add(new McbRun(first + amount, run.End + amount, run.Lbn + first - run.Vbn));
            }
        }

        WriteRuns(mcb + BaseOffset, split);
        return true;
    }

    /// <returns>FALSE behind the last run; a hole has the place minus one.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlLookupLargeMcbEntry, ntifs.h")]
    internal NtBoolean FsRtlLookupLargeMcbEntry(
        VirtualAddress mcb, long vbn, Out<long> lbn, Out<long> sectorCountFromLbn, Out<long> startingLbn, Out<long> sectorCountFromStartingLbn,
        Out<uint> index) =>
        FsRtlLookupBaseMcbEntry(mcb + BaseOffset, vbn, lbn, sectorCountFromLbn, startingLbn, sectorCountFromStartingLbn, index);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlLookupBaseMcbEntry, ntifs.h")]
    internal NtBoolean FsRtlLookupBaseMcbEntry(
        VirtualAddress mcb, long vbn, Out<long> lbn, Out<long> sectorCountFromLbn, Out<long> startingLbn, Out<long> sectorCountFromStartingLbn,
        Out<uint> index)
    {
        var runs = WithHoles(ReadRuns(mcb));
        var at = runs.FindIndex(r => r.Vbn <= vbn && vbn < r.End);
        if (at < 0)
            return false;
        var run = runs[at];
        lbn.SetIfGiven(Memory, run.Lbn == Hole ? Hole : run.Lbn + vbn - run.Vbn);
        sectorCountFromLbn.SetIfGiven(Memory, run.End - vbn);
        startingLbn.SetIfGiven(Memory, run.Lbn);
        sectorCountFromStartingLbn.SetIfGiven(Memory, run.End - run.Vbn);
        index.SetIfGiven(Memory, (uint)at);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlLookupLastLargeMcbEntry, ntifs.h")]
    internal NtBoolean FsRtlLookupLastLargeMcbEntry(VirtualAddress mcb, Out<long> vbn, Out<long> lbn) =>
        FsRtlLookupLastLargeMcbEntryAndIndex(mcb, vbn, lbn, default);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlLookupLastLargeMcbEntryAndIndex, ntifs.h")]
    internal NtBoolean FsRtlLookupLastLargeMcbEntryAndIndex(VirtualAddress mcb, Out<long> largeVbn, Out<long> largeLbn, Out<uint> index)
    {
        var runs = WithHoles(ReadRuns(mcb + BaseOffset));
        if (runs.Count == 0)
            return false;
        var last = runs[^1];
        largeVbn.SetIfGiven(Memory, last.End - 1);
        largeLbn.SetIfGiven(Memory, last.Lbn + last.End - last.Vbn - 1);
        index.SetIfGiven(Memory, (uint)(runs.Count - 1));
        return true;
    }

    /// <returns>Runs, the holes between them counted.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlNumberOfRunsInLargeMcb, ntifs.h")]
    internal uint FsRtlNumberOfRunsInLargeMcb(VirtualAddress mcb) => Memory.ReadUInt32(mcb + BaseOffset + Pairs);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlGetNextLargeMcbEntry, ntifs.h")]
    internal NtBoolean FsRtlGetNextLargeMcbEntry(VirtualAddress mcb, uint runIndex, Out<long> vbn, Out<long> lbn, Out<long> sectorCount)
    {
        var runs = WithHoles(ReadRuns(mcb + BaseOffset));
        if (runIndex >= runs.Count)
            return false;
        var run = runs[(int)runIndex];
        vbn.Set(Memory, run.Vbn);
        lbn.Set(Memory, run.Lbn);
        sectorCount.Set(Memory, run.End - run.Vbn);
        return true;
    }

    /// <summary>The runs that are mapped, in order.</summary>
    private List<McbRun> ReadRuns(VirtualAddress mcb)
    {
        var runs = new List<McbRun>();
        var (mapping, count, start) = (Memory.ReadPointer(mcb + Mapping), Memory.ReadUInt32(mcb + Pairs), 0L);
        for (var i = 0; i < count; i++)
        {
            var (end, lbn) = ((long)Memory.ReadUInt64(mapping + (i * PairBytes)), (long)Memory.ReadUInt64(mapping + (i * PairBytes) + 8));
            if (lbn != Hole)
                runs.Add(new McbRun(start, end, lbn));
            start = end;
        }

        return runs;
    }

    private void WriteRuns(VirtualAddress mcb, List<McbRun> runs)
    {
        var pairs = WithHoles(Joined(runs));
        var maximum = Memory.ReadUInt32(mcb + MaximumPairs);
        if (pairs.Count > maximum)
        {
            while (maximum < pairs.Count)
                maximum *= 2;
            Free(Memory.ReadPointer(mcb + Mapping));
            Memory.WritePointer(mcb + Mapping, Allocate((int)maximum * PairBytes));
            Memory.WriteUInt32(mcb + MaximumPairs, maximum);
        }

        var mapping = Memory.ReadPointer(mcb + Mapping);
        for (var i = 0; i < pairs.Count; i++)
        {
            Memory.WriteUInt64(mapping + (i * PairBytes), (ulong)pairs[i].End);
            Memory.WriteUInt64(mapping + (i * PairBytes) + 8, (ulong)pairs[i].Lbn);
        }

        Memory.WriteUInt32(mcb + Pairs, (uint)pairs.Count);
    }

    /// <summary>Runs without what lies in a range.</summary>
    private static List<McbRun> Punch(List<McbRun> runs, long from, long to)
    {
        var rest = new List<McbRun>();
        foreach (var run in runs)
        {
            if (run.Vbn < from)
                rest.Add(run with { End = Math.Min(run.End, from) });
            if (run.End > to)
            {
                var first = Math.Max(run.Vbn, to);
                rest.Add(new McbRun(first, run.End, run.Lbn + first - run.Vbn));
            }
        }

        return rest;
    }

    /// <summary>Runs in order, those that continue one another made one.</summary>
    private static List<McbRun> Joined(List<McbRun> runs)
    {
        var joined = new List<McbRun>();
        foreach (var run in runs.OrderBy(r => r.Vbn))
        {
            if (joined.Count > 0 && joined[^1] is var last && last.End == run.Vbn && last.Lbn - last.Vbn == run.Lbn - run.Vbn)
                joined[^1] = last with { End = run.End };
            else
                joined.Add(run);
        }

        return joined;
    }

    private static List<McbRun> WithHoles(List<McbRun> runs)
    {
        var (all, start) = (new List<McbRun>(), 0L);
        foreach (var run in runs)
        {
            if (run.Vbn > start)
                all.Add(new McbRun(start, run.Vbn, Hole));
            all.Add(run);
            start = run.End;
        }

        return all;
    }

    private readonly record struct McbRun(long Vbn, long End, long Lbn);
}

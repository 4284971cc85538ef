namespace LastRef.Cpu;

public sealed unsafe partial class GuestMemory
{
    /// <summary>How often device registers were read or written so far; their contents are part of no snapshot.</summary>
    public long DeviceAccesses { get; private set; }

    /// <summary>Whether every page is mapped as it was in a snapshot and has the same bytes.</summary>
    /// <param name="ignored">Ranges that may differ, each within one page: clocks.</param>
    /// <remarks>Looks only at what was written since; the contents are compared, not a hash of them.</remarks>
    /// <exception cref="InvalidOperationException">The snapshot is no longer valid.</exception>
    public bool EqualsSnapshot(MemorySnapshot snapshot, ReadOnlySpan<(ulong Address, int ByteCount)> ignored)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        if (!_snapshots.Contains(snapshot))
            throw new InvalidOperationException("The snapshot is no longer valid.");
        var seen = new HashSet<uint>();
        for (int i = snapshot.UndoPosition; i < _undoCount; i++)
        {
            ref UndoRecord record = ref _undo[i];
            if (record.Kind != UndoKind.Contents)
                return false;
            if (seen.Add(record.Frame) && !HasSameBytes(record, ignored))
                return false;
        }

        return true;
    }

    private bool HasSameBytes(in UndoRecord record, ReadOnlySpan<(ulong Address, int ByteCount)> ignored)
    {
        var before = new ReadOnlySpan<byte>(record.Data, PageSize);
        var now = new ReadOnlySpan<byte>(_frames[record.Frame]->Data, PageSize);
        int offset = before.CommonPrefixLength(now);
        while (offset < PageSize)
        {
            int skip = IgnoredBytes(record.Frame, offset, ignored);
            if (skip == 0)
                return false;
            offset += skip;
            offset += before[offset..].CommonPrefixLength(now[offset..]);
        }

        return true;
    }

    /// <summary>Bytes from an offset of a frame on that an ignored range covers.</summary>
    private int IgnoredBytes(uint frame, int offset, ReadOnlySpan<(ulong Address, int ByteCount)> ignored)
    {
        foreach ((ulong address, int byteCount) in ignored)
        {
            int start = (int)(address & (PageSize - 1));
            if (offset >= start && offset < start + byteCount && TryQuery(address, out _, out ulong number) && number == frame)
                return Math.Min(PageSize, start + byteCount) - offset;
        }

        return 0;
    }
}

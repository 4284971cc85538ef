using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The BCBs of a cache map, and the writer of what is dirty.</summary>
internal sealed partial class CacheManager
{
    private async GuestTask<NtBoolean> Pin(
        FileObject file, VirtualAddress fileOffset, uint length, uint flags, Out<VirtualAddress> bcb, Out<VirtualAddress> buffer)
    {
        var start = Memory.ReadUInt64(fileOffset);
        var pinned = await PinRange(file, start, length, (flags & WaitFlag) != 0);
        if (pinned.IsNull)
            return false;
        bcb.Set(Memory, pinned);
        buffer.Set(Memory, PlaceIn(pinned, start));
        return true;
    }

    /// <returns>The BCB that covers the range, pinned once more; null when it would have to be read and may not.</returns>
    private async GuestTask<VirtualAddress> PinRange(FileObject file, ulong start, uint length, bool mayWait)
    {
        var map = PointersOf(file).SharedCacheMap;
        if (map.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "pinning data of a file that is not cached");
        Invariant.Check(length <= int.MaxValue, "A pin of more than 2 GiB.");
        var first = start & ~(PageBytes - 1);
        var end = (start + Math.Max(length, 1) + PageBytes - 1) & ~(PageBytes - 1);
        foreach (var known in BcbsOf(map))
        {
            var (from, to) = RangeOf(known);
            if (from <= first && end <= to)
            {
                CcRepinBcb(known);
                return known;
            }

            if (from < end && first < to)
                throw MachineStopException.Unsupported(UnsupportedKind.Case, "pinning a range of a file that overlaps a pinned one in part");
        }

        if (!mayWait)
            return VirtualAddress.Null;
        var bytes = (int)(end - first);
        var pages = _kernel.Ex.NonPagedPool.Allocate((ulong)bytes, PoolTags.Of("CcPg"), null);
        Memory.Clear(pages, bytes);
        var (status, _) = await _kernel.Io.PagingRead(file, pages, (uint)bytes, (long)first);
        if (!status.IsSuccess && status != NtStatus.EndOfFile)
        {
            _kernel.Ex.NonPagedPool.Free(pages);
            throw new GuestRaisedException(status);
        }

        return NewBcb(map, first, bytes, pages);
    }

    private VirtualAddress NewBcb(VirtualAddress map, ulong first, int bytes, VirtualAddress pages)
    {
        var bcb = _kernel.Ex.NonPagedPool.Allocate(BcbBytes, PoolTags.Of("CcBc"), null);
        Memory.Clear(bcb, BcbBytes);
        Memory.WriteUInt16(bcb, BcbNode);
        Memory.WriteUInt16(bcb + 2, BcbBytes);
        Memory.WriteUInt32(bcb + 4, (uint)bytes);
        Memory.WriteUInt64(bcb + 8, first);
        Memory.WritePointer(bcb + BcbPages, pages);
        Memory.WriteUInt32(bcb + BcbPins, 1);
        Memory.WritePointer(bcb + BcbMap, map);
        _kernel.Ke.InsertTail(map + BcbList, bcb + 0x10);
        return bcb;
    }

    private async GuestTask<NtBoolean> Change(FileObject file, ulong start, uint length, bool wait, Action<VirtualAddress> change)
    {
        if (length == 0)
            return true;
        var bcb = await PinRange(file, start, length, wait);
        if (bcb.IsNull)
            return false;
        change(PlaceIn(bcb, start));
        CcSetDirtyPinnedData(bcb, VirtualAddress.Null);
        CcUnpinData(bcb);
        return true;
    }

    /// <summary>The cached bytes that are newer than the file system's.</summary>
    private void Overlay(VirtualAddress map, ulong first, VirtualAddress pages, int bytes)
    {
        foreach (var bcb in BcbsOf(map))
        {
            var (from, to) = RangeOf(bcb);
            var (low, high) = (Math.Max(from, first), Math.Min(to, first + (ulong)bytes));
            if (low >= high)
                continue;
            var data = new byte[high - low];
            Memory.Read(PlaceIn(bcb, low), data);
            Memory.Write(pages + (low - first), data);
        }
    }

    /// <summary>Gives a stream's dirty data to the lazy writer, which takes the file system's locks first (CACHE_MANAGER_CALLBACKS).</summary>
    private void WriteLater(VirtualAddress map) => _kernel.Ex.QueueWork(async thread =>
    {
        if (!_maps.Contains(map))
            return;
        var (acquire, release) = (Memory.ReadPointer(map + MapAcquire), Memory.ReadPointer(map + MapRelease));
        var context = Memory.ReadUInt64(map + MapContext);
        if (!acquire.IsNull && (byte)await thread.Call(acquire, context, 1) == 0)
            return;
        foreach (var bcb in BcbsOf(map).Where(b => Memory.ReadUInt32(b + BcbDirty) != 0 && Memory.ReadUInt32(b + BcbPins) == 0))
        {
            await Write(bcb);
            DropIfFree(bcb);
        }

        if (!release.IsNull)
            await thread.Call(release, context);
        EndMap(map);
    });

    private async GuestTask<NtStatus> Write(VirtualAddress bcb)
    {
        var map = Memory.ReadPointer(bcb + BcbMap);
        Memory.WriteUInt32(bcb + BcbDirty, 0);
        var (from, to) = RangeOf(bcb);
        var file = new FileObject(Memory, Memory.ReadPointer(map + 0x10));
        var (status, _) = await _kernel.Io.PagingWrite(file, Memory.ReadPointer(bcb + BcbPages), (uint)(to - from), (long)from);
        return status;
    }

    private void DropIfFree(VirtualAddress bcb)
    {
        if (Memory.ReadUInt32(bcb + BcbPins) == 0 && Memory.ReadUInt32(bcb + BcbDirty) == 0)
            Drop(bcb);
    }

    private void Drop(VirtualAddress bcb)
    {
        _kernel.Ke.RemoveEntry(bcb + 0x10);
        _kernel.Ex.NonPagedPool.Free(Memory.ReadPointer(bcb + BcbPages));
        _kernel.Ex.NonPagedPool.Free(bcb);
    }

    /// <summary>The BCBs of a map as they are now; null has none.</summary>
    private List<VirtualAddress> BcbsOf(VirtualAddress map)
    {
        var bcbs = new List<VirtualAddress>();
        if (map.IsNull)
            return bcbs;
        var head = map + BcbList;
        for (var link = new ListEntry(Memory, head).Flink; link != head; link = new ListEntry(Memory, link).Flink)
            bcbs.Add(new VirtualAddress(link.Value - 0x10));
        return bcbs;
    }

    private (ulong From, ulong To) RangeOf(VirtualAddress bcb)
    {
        var from = Memory.ReadUInt64(bcb + 8);
        return (from, from + Memory.ReadUInt32(bcb + 4));
    }

    private VirtualAddress PlaceIn(VirtualAddress bcb, ulong offset) => Memory.ReadPointer(bcb + BcbPages) + (offset - Memory.ReadUInt64(bcb + 8));

    private bool Touches(VirtualAddress bcb, VirtualAddress fileOffset, uint length)
    {
        if (fileOffset.IsNull)
            return true;
        var (start, (from, to)) = (Memory.ReadUInt64(fileOffset), RangeOf(bcb));
        return start < to && (length == 0 || from < start + length);
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Pages of a cached stream that a file system has in memory: mapped to be read, pinned to be changed.</summary>
/// <remarks>
/// Doc: CcMapData, CcPinRead, CcUnpinData, CcSetDirtyPinnedData, ntifs.h. A BCB begins as PUBLIC_BCB does: NodeTypeCode 0, NodeByteSize 2, MappedLength 4,
/// MappedFileOffset 8. The rest is ours: links in the map's list 10h, the pages 20h, pins 28h, dirty 2Ch, the map 30h. A range that lies in one that is in
/// memory shares it. What is dirty is written by a worker, the lazy writer, when nobody has it pinned any more.
/// </remarks>
internal sealed partial class CacheManager
{
    private const ushort BcbNode = 0x2FD;
    private const int BcbBytes = 0x38, BcbPages = 0x20, BcbPins = 0x28, BcbDirty = 0x2C, BcbMap = 0x30;
    private const uint WaitFlag = 1;

    /// <summary>Brings a range into memory for reading.</summary>
    /// <returns>FALSE when the file system would have to be asked and the caller must not wait.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcMapData, ntifs.h", Missing = "a range that overlaps a pinned one in part")]
    internal GuestTask<NtBoolean> CcMapData(
        FileObject fileObject, VirtualAddress fileOffset, uint length, uint flags, Out<VirtualAddress> bcb, Out<VirtualAddress> buffer) =>
        Pin(fileObject, fileOffset, length, flags, bcb, buffer);

    /// <summary>Brings a range into memory to be changed.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcPinRead, ntifs.h", Missing = "a range that overlaps a pinned one in part")]
    internal GuestTask<NtBoolean> CcPinRead(
        FileObject fileObject, VirtualAddress fileOffset, uint length, uint flags, Out<VirtualAddress> bcb, Out<VirtualAddress> buffer) =>
        Pin(fileObject, fileOffset, length, flags, bcb, buffer);

    /// <summary>What is mapped may be changed from now on; one unpin undoes both.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcPinMappedData, ntifs.h")]
    internal NtBoolean CcPinMappedData(FileObject fileObject, VirtualAddress fileOffset, uint length, uint flags, Out<VirtualAddress> bcb) => !bcb.IsNull;

    /// <summary>A range that will be written whole: it is dirty at once, and zeros where that is asked for.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcPreparePinWrite, ntifs.h", Missing = "a range that overlaps a pinned one in part")]
    internal async GuestTask<NtBoolean> CcPreparePinWrite(
        FileObject fileObject, VirtualAddress fileOffset, uint length, NtBoolean zero, uint flags, Out<VirtualAddress> bcb, Out<VirtualAddress> buffer)
    {
        if (!await Pin(fileObject, fileOffset, length, flags, bcb, buffer))
            return false;
        if (zero)
            Memory.Clear(buffer.Get(Memory), (int)length);
        CcSetDirtyPinnedData(bcb.Get(Memory), VirtualAddress.Null);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "CcSetDirtyPinnedData, ntifs.h")]
    internal void CcSetDirtyPinnedData(VirtualAddress bcb, VirtualAddress lsn) => Memory.WriteUInt32(bcb + BcbDirty, 1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcUnpinData, ntifs.h")]
    internal void CcUnpinData(VirtualAddress bcb)
    {
        var pins = Memory.ReadUInt32(bcb + BcbPins);
        if (pins == 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"CcUnpinData of {bcb}, which is not pinned");
        Memory.WriteUInt32(bcb + BcbPins, pins - 1);
        if (pins > 1)
            return;
        var map = Memory.ReadPointer(bcb + BcbMap);
        if (Memory.ReadUInt32(bcb + BcbDirty) != 0)
            WriteLater(map);
        else
        {
            Drop(bcb);
            EndMap(map);
        }
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcUnpinDataForThread, ntifs.h")]
    internal void CcUnpinDataForThread(VirtualAddress bcb, ulong resourceThreadId) => CcUnpinData(bcb);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcRepinBcb, ntifs.h")]
    internal void CcRepinBcb(VirtualAddress bcb) => Memory.WriteUInt32(bcb + BcbPins, Memory.ReadUInt32(bcb + BcbPins) + 1);

    /// <summary>Gives a second pin back, after the data was written if that is asked for.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcUnpinRepinnedBcb, ntifs.h")]
    internal async GuestTask CcUnpinRepinnedBcb(VirtualAddress bcb, NtBoolean writeThrough, IoStatusBlock ioStatus)
    {
        var status = NtStatus.Success;
        if (writeThrough && Memory.ReadUInt32(bcb + BcbDirty) != 0)
            status = await Write(bcb);
        ioStatus.SetStatus(Memory, status);
        ioStatus.SetInformation(Memory, 0);
        CcUnpinData(bcb);
    }

    /// <summary>Writes what is dirty of a stream, all of it or a range.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcFlushCache, ntifs.h")]
    internal async GuestTask CcFlushCache(SectionObjectPointers sectionObjectPointer, VirtualAddress fileOffset, uint length, IoStatusBlock? ioStatus)
    {
        var status = NtStatus.Success;
        foreach (var bcb in BcbsOf(sectionObjectPointer.SharedCacheMap))
        {
            if (Memory.ReadUInt32(bcb + BcbDirty) == 0 || !Touches(bcb, fileOffset, length))
                continue;
            var written = await Write(bcb);
            status = written.IsSuccess ? status : written;
            DropIfFree(bcb);
        }

        ioStatus?.SetStatus(Memory, status);
        ioStatus?.SetInformation(Memory, 0);
    }

    /// <summary>Forgets what is in memory of a stream, dirty or not.</summary>
    /// <returns>FALSE when somebody has a part of it pinned.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcPurgeCacheSection, ntifs.h", Missing = "ending the cache maps of all users with it")]
    internal NtBoolean CcPurgeCacheSection(SectionObjectPointers sectionObjectPointer, VirtualAddress fileOffset, uint length, uint flags)
    {
        const uint uninitialize = 1;
        if ((flags & uninitialize) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "CcPurgeCacheSection that ends the cache maps");
        var isDone = true;
        foreach (var bcb in BcbsOf(sectionObjectPointer.SharedCacheMap).Where(b => Touches(b, fileOffset, length)))
        {
            if (Memory.ReadUInt32(bcb + BcbPins) != 0)
                isDone = false;
            else
                Drop(bcb);
        }

        return isDone;
    }

    /// <summary>Copies into a cached stream; the pages are written by the lazy writer.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcCopyWrite, ntifs.h", Missing = "a range that overlaps a pinned one in part")]
    internal async GuestTask<NtBoolean> CcCopyWrite(FileObject fileObject, VirtualAddress fileOffset, uint length, NtBoolean wait, VirtualAddress buffer)
    {
        var data = new byte[length];
        Memory.Read(buffer, data);
        return await Change(fileObject, Memory.ReadUInt64(fileOffset), length, wait, place => Memory.Write(place, data));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcZeroData, ntifs.h", Missing = "a range that overlaps a pinned one in part")]
    internal GuestTask<NtBoolean> CcZeroData(FileObject fileObject, VirtualAddress startOffset, VirtualAddress endOffset, NtBoolean wait)
    {
        var (start, end) = (Memory.ReadUInt64(startOffset), Memory.ReadUInt64(endOffset));
        Invariant.Check(end - start <= int.MaxValue, "Zeros of more than 2 GiB.");
        return Change(fileObject, start, (uint)(end - start), wait, place => Memory.Clear(place, (int)(end - start)));
    }

    /// <summary>There is always room: nothing waits for memory in the lab.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcCanIWrite, ntifs.h")]
    internal NtBoolean CcCanIWrite(FileObject? fileObject, uint bytesToWrite, NtBoolean wait, byte retrying) => true;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcSetReadAheadGranularity, ntifs.h", NoEffect = "the lab never reads ahead")]
    internal void CcSetReadAheadGranularity(FileObject fileObject, uint granularity)
    {
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcSetBcbOwnerPointer, ntifs.h", NoEffect = "who unpins is not checked")]
    internal void CcSetBcbOwnerPointer(VirtualAddress bcb, VirtualAddress ownerPointer)
    {
    }
}

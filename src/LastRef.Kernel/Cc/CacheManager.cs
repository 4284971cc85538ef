using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The cache manager, as far as file systems read through it.</summary>
/// <remarks>
/// Doc: CcInitializeCacheMap and its neighbours, ntifs.h. Only what a file system has pinned, and what it wrote and nobody has written behind yet, stays in
/// memory: each copy reads the pages that it needs from the file system by a paging read, and nothing is read ahead. The map holds the file object
/// that it was made for, until the last user of the stream has let it go and nothing is left to write.
/// </remarks>
internal sealed partial class CacheManager(NtKernel kernel)
{
    /// <summary>Ours: FileSize 0, ValidDataLength 8, the file object held 10h, users 18h, BCBs 20h, the lazy writer's callbacks 30h, 38h, their context 40h.</summary>
    private const int MapBytes = 0x48, BcbList = 0x20, MapAcquire = 0x30, MapRelease = 0x38, MapContext = 0x40;

    private const ulong PageBytes = 0x1000;
    private readonly NtKernel _kernel = kernel;

    /// <summary>Maps that have not ended; work of the lazy writer may come later than the end of its map.</summary>
    private readonly HashSet<VirtualAddress> _maps = [];

    private MutableTarget Memory => _kernel.Memory;

    /// <summary>Makes the cache map of a stream, or joins it.</summary>
    /// <param name="fileSizes">CC_FILE_SIZES: AllocationSize 0, FileSize 8, ValidDataLength 10h.</param>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcInitializeCacheMap, ntifs.h")]
    internal void CcInitializeCacheMap(
        FileObject fileObject, VirtualAddress fileSizes, NtBoolean pinAccess, VirtualAddress callbacks, VirtualAddress lazyWriteContext)
    {
        var pointers = PointersOf(fileObject);
        if (!fileObject.PrivateCacheMap.IsNull)
            return;
        var map = pointers.SharedCacheMap;
        if (map.IsNull)
        {
            map = _kernel.Ex.NonPagedPool.Allocate(MapBytes, PoolTags.Of("CcSc"), null);
            Memory.Clear(map, MapBytes);
            Memory.WritePointer(map + 0x10, fileObject.Address);
            _kernel.Ob.Reference(fileObject.Address, ReferenceCause.Registration, map);
            pointers.SetSharedCacheMap(Memory, map);
            _kernel.Ke.InitializeList(map + BcbList);
            if (!callbacks.IsNull)
            {
                Memory.WritePointer(map + MapAcquire, Memory.ReadPointer(callbacks));
                Memory.WritePointer(map + MapRelease, Memory.ReadPointer(callbacks + 8));
            }

            Memory.WritePointer(map + MapContext, lazyWriteContext);
            _maps.Add(map);
        }

        Memory.WriteUInt64(map + 0x18, Memory.ReadUInt64(map + 0x18) + 1);
        fileObject.SetPrivateCacheMap(Memory, map);
        CcSetFileSizes(fileObject, fileSizes);
    }

    /// <summary>Lets the stream go; the last user ends the map, and with it the hold on the file object.</summary>
    /// <param name="uninitializeEvent">CACHE_UNINITIALIZE_EVENT: Next 0, Event 8; signalled, as there is never data left to write.</param>
    /// <returns>TRUE when caching of the stream has ended.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcUninitializeCacheMap, ntifs.h")]
    internal NtBoolean CcUninitializeCacheMap(FileObject fileObject, VirtualAddress truncateSize, VirtualAddress uninitializeEvent)
    {
        var ended = Release(fileObject, truncateSize);
        if (!uninitializeEvent.IsNull)
            _kernel.Ke.Signal(uninitializeEvent + 8, 1);
        return ended;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcSetFileSizes, ntifs.h")]
    internal void CcSetFileSizes(FileObject fileObject, VirtualAddress fileSizes)
    {
        var map = PointersOf(fileObject).SharedCacheMap;
        if (map.IsNull)
            return;
        Memory.WriteUInt64(map, Memory.ReadUInt64(fileSizes + 8));
        Memory.WriteUInt64(map + 8, Memory.ReadUInt64(fileSizes + 0x10));
    }

    /// <summary>Copies from a cached stream; without waiting nothing is in memory to be copied.</summary>
    /// <returns>FALSE when it would have to wait and must not; what the file system fails with is raised.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "CcCopyRead, ntifs.h")]
    internal async GuestTask<NtBoolean> CcCopyRead(
        FileObject fileObject, VirtualAddress fileOffset, uint length, NtBoolean wait, VirtualAddress buffer, IoStatusBlock ioStatus)
    {
        var map = PointersOf(fileObject).SharedCacheMap;
        if (map.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "CcCopyRead of a file that is not cached");
        if (!wait)
            return false;
        var start = Memory.ReadUInt64(fileOffset);
        Invariant.Check(length <= int.MaxValue, "A read of more than 2 GiB.");
        var first = start & ~(PageBytes - 1);
        var bytes = (int)(((start + length + PageBytes - 1) & ~(PageBytes - 1)) - first);
        var pages = _kernel.Ex.NonPagedPool.Allocate((ulong)bytes, PoolTags.Of("CcPg"), null);
        Memory.Clear(pages, bytes);
        var (status, _) = await _kernel.Io.PagingRead(fileObject, pages, (uint)bytes, (long)first);
        Overlay(map, first, pages, bytes);
        var data = new byte[length];
        Memory.Read(pages + (start - first), data);
        _kernel.Ex.NonPagedPool.Free(pages);
        if (!status.IsSuccess && status != NtStatus.EndOfFile)
            throw new GuestRaisedException(status);
        Memory.Write(buffer, data);
        ioStatus.SetStatus(Memory, NtStatus.Success);
        ioStatus.SetInformation(Memory, length);
        return true;
    }

    private bool Release(FileObject file, VirtualAddress truncateSize)
    {
        var map = file.PrivateCacheMap;
        if (map.IsNull)
            return false;
        file.SetPrivateCacheMap(Memory, VirtualAddress.Null);
        if (!truncateSize.IsNull)
            Memory.WriteUInt64(map, Memory.ReadUInt64(truncateSize));
        var users = Memory.ReadUInt64(map + 0x18) - 1;
        Memory.WriteUInt64(map + 0x18, users);
        return EndMap(map);
    }

    /// <summary>Ends a map that nobody uses any more, unless data of it is still to be written.</summary>
    private bool EndMap(VirtualAddress map)
    {
        if (Memory.ReadUInt64(map + 0x18) > 0 || BcbsOf(map).Count > 0)
            return false;
        var held = Memory.ReadPointer(map + 0x10);
        PointersOf(new FileObject(Memory, held)).SetSharedCacheMap(Memory, VirtualAddress.Null);
        _maps.Remove(map);
        _kernel.Ex.NonPagedPool.Free(map);

        // The file system is closing a file and holds its locks: the close of the file that is let go comes later.
        _kernel.Ob.DereferenceDeferDelete(held, ReferenceCause.Registration);
        return true;
    }

    private SectionObjectPointers PointersOf(FileObject file) => new(Memory, file.SectionObjectPointer);
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Byte-range locks of a file: granted ones keep others from reading or writing the range, waiting ones are requests.</summary>
/// <remarks>
/// Doc: FsRtlInitializeFileLock, FsRtlProcessFileLock and their neighbours, ntifs.h. FILE_LOCK: CompleteLockIrpRoutine 0, UnlockRoutine 8,
/// FastIoIsQuestionable 10h, LockInformation 18h, LastReturnedLockInfo 20h, LastReturnedLock 50h. FILE_LOCK_INFO: StartingByte 0, Length 8,
/// ExclusiveLock 10h, Key 14h, FileObject 18h, ProcessId 20h, EndingByte 28h.
/// </remarks>
internal sealed partial class FileSystemLibrary
{
    private const int FileLockBytes = 0x60, Questionable = 0x10, LockInformation = 0x18, LastInfo = 0x20, LastLock = 0x50;
    private const int InfoBytes = 0x30;

    /// <summary>Ours, what LockInformation points to: the list of granted locks at 0, of waiting ones at 10h.</summary>
    private const int HeadBytes = 0x20, WaitingList = 0x10;

    /// <summary>Ours, a lock: links 0, FILE_LOCK_INFO 10h, the waiting request 40h, the caller's context 48h.</summary>
    private const int LockBytes = 0x50, LockInfo = 0x10, LockIrp = 0x40, LockContext = 0x48;

    private VirtualAddress _cancelLock;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlInitializeFileLock, ntifs.h")]
    internal void FsRtlInitializeFileLock(VirtualAddress fileLock, VirtualAddress completeLockIrpRoutine, VirtualAddress unlockRoutine)
    {
        Memory.Clear(fileLock, FileLockBytes);
        Memory.WritePointer(fileLock, completeLockIrpRoutine);
        Memory.WritePointer(fileLock + 8, unlockRoutine);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlAllocateFileLock, ntifs.h")]
    internal VirtualAddress FsRtlAllocateFileLock(VirtualAddress completeLockIrpRoutine, VirtualAddress unlockRoutine)
    {
        var fileLock = _kernel.Ex.AllocateForDriver(paged: true, FileLockBytes, PoolTags.Of("FSfl"));
        FsRtlInitializeFileLock(fileLock, completeLockIrpRoutine, unlockRoutine);
        return fileLock;
    }

    /// <summary>Drops every lock; requests that wait end with RANGE_NOT_LOCKED.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlUninitializeFileLock, ntifs.h")]
    internal async GuestTask FsRtlUninitializeFileLock(VirtualAddress fileLock)
    {
        var head = Memory.ReadPointer(fileLock + LockInformation);
        if (head.IsNull)
            return;
        foreach (var granted in Entries(head))
            Remove(granted);
        foreach (var waiting in Entries(head + WaitingList))
            await Finish(fileLock, waiting, NtStatus.RangeNotLocked);
        Free(head);
        Memory.WritePointer(fileLock + LockInformation, VirtualAddress.Null);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlFreeFileLock, ntifs.h")]
    internal async GuestTask FsRtlFreeFileLock(VirtualAddress fileLock)
    {
        await FsRtlUninitializeFileLock(fileLock);
        _kernel.Ex.ExFreePool(fileLock);
    }

    /// <summary>Carries out an IRP_MJ_LOCK_CONTROL request and completes it.</summary>
    /// <remarks>Parameters.LockControl: Length (a pointer), Key, ByteOffset (ntifs.h); SL_FAIL_IMMEDIATELY 1, SL_EXCLUSIVE_LOCK 2.</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlProcessFileLock, ntifs.h")]
    internal async GuestTask<NtStatus> FsRtlProcessFileLock(VirtualAddress fileLock, Irp irp, VirtualAddress context)
    {
        const byte lockRange = 1, unlockSingle = 2, unlockAll = 3, unlockAllByKey = 4;
        const byte failImmediately = 1, exclusive = 2;
        var location = irp.CurrentStackLocation ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);
        var file = location.FileObject?.Address ?? VirtualAddress.Null;
        var process = _kernel.Io.IoGetRequestorProcess(irp);
        var key = (uint)location.Argument2;
        switch (location.MinorFunction)
        {
            case lockRange:
                var range = new LockRange(location.Argument3, Memory.ReadUInt64(new VirtualAddress(location.Argument1)));
                var owner = new LockOwner(file, process, key);
                return await Lock(
                    fileLock, range, owner, (location.Flags & failImmediately) != 0, (location.Flags & exclusive) != 0, irp, context);
            case unlockSingle:
                var single = new LockRange(location.Argument3, Memory.ReadUInt64(new VirtualAddress(location.Argument1)));
                return await CompleteLockIrp(fileLock, irp, context, await UnlockSingle(fileLock, single, new LockOwner(file, process, key), context));
            case unlockAll:
                return await CompleteLockIrp(fileLock, irp, context, await UnlockAll(fileLock, file, process, null, context));
            case unlockAllByKey:
                return await CompleteLockIrp(fileLock, irp, context, await UnlockAll(fileLock, file, process, key, context));
            default:
                return await CompleteLockIrp(fileLock, irp, context, NtStatus.InvalidDeviceRequest);
        }
    }

    /// <summary>Locks without a request, for fast I/O, or with one.</summary>
    /// <returns>TRUE when the attempt is decided, with the outcome in <paramref name="ioStatus"/>.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlPrivateLock, ntifs.h")]
    internal async GuestTask<NtBoolean> FsRtlPrivateLock(
        VirtualAddress fileLock, FileObject fileObject, VirtualAddress fileOffset, VirtualAddress length, VirtualAddress processId, uint key,
        NtBoolean failImmediately, NtBoolean exclusiveLock, VirtualAddress ioStatus, Irp? irp, VirtualAddress context, NtBoolean alreadySynchronized)
    {
        var range = new LockRange(Memory.ReadUInt64(fileOffset), Memory.ReadUInt64(length));
        var owner = new LockOwner(fileObject.Address, processId, key);
        if (irp is null && !failImmediately && Conflicts(fileLock, range, owner, exclusiveLock))
            return false;
        var status = await Lock(fileLock, range, owner, failImmediately, exclusiveLock, irp, context);
        new IoStatusBlock(Memory, ioStatus).SetStatus(Memory, status);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlFastUnlockSingle, ntifs.h")]
    internal GuestTask<NtStatus> FsRtlFastUnlockSingle(
        VirtualAddress fileLock, FileObject fileObject, VirtualAddress fileOffset, VirtualAddress length, VirtualAddress processId, uint key,
        VirtualAddress context, NtBoolean alreadySynchronized) =>
        UnlockSingle(
            fileLock, new LockRange(Memory.ReadUInt64(fileOffset), Memory.ReadUInt64(length)), new LockOwner(fileObject.Address, processId, key), context);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlFastUnlockAll, ntifs.h")]
    internal GuestTask<NtStatus> FsRtlFastUnlockAll(VirtualAddress fileLock, FileObject fileObject, VirtualAddress processId, VirtualAddress context) =>
        UnlockAll(fileLock, fileObject.Address, processId, null, context);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlFastUnlockAllByKey, ntifs.h")]
    internal GuestTask<NtStatus> FsRtlFastUnlockAllByKey(
        VirtualAddress fileLock, FileObject fileObject, VirtualAddress processId, uint key, VirtualAddress context) =>
        UnlockAll(fileLock, fileObject.Address, processId, key, context);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlCheckLockForReadAccess, ntifs.h")]
    internal NtBoolean FsRtlCheckLockForReadAccess(VirtualAddress fileLock, Irp irp) => CheckRequest(fileLock, irp, isWrite: false);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlCheckLockForWriteAccess, ntifs.h")]
    internal NtBoolean FsRtlCheckLockForWriteAccess(VirtualAddress fileLock, Irp irp) => CheckRequest(fileLock, irp, isWrite: true);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlFastCheckLockForRead, ntifs.h")]
    internal NtBoolean FsRtlFastCheckLockForRead(
        VirtualAddress fileLock, VirtualAddress startingByte, VirtualAddress length, uint key, FileObject fileObject, VirtualAddress processId) =>
        MayTransfer(
            fileLock, new LockRange(Memory.ReadUInt64(startingByte), Memory.ReadUInt64(length)), new LockOwner(fileObject.Address, processId, key), isWrite: false);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlFastCheckLockForWrite, ntifs.h")]
    internal NtBoolean FsRtlFastCheckLockForWrite(
        VirtualAddress fileLock, VirtualAddress startingByte, VirtualAddress length, uint key, FileObject fileObject, VirtualAddress processId) =>
        MayTransfer(
            fileLock, new LockRange(Memory.ReadUInt64(startingByte), Memory.ReadUInt64(length)), new LockOwner(fileObject.Address, processId, key), isWrite: true);

    /// <summary>The granted locks one by one; null behind the last.</summary>
    /// <returns>FILE_LOCK_INFO inside the FILE_LOCK, written anew by each call.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlGetNextFileLock, ntifs.h")]
    internal VirtualAddress FsRtlGetNextFileLock(VirtualAddress fileLock, NtBoolean restart)
    {
        var head = Memory.ReadPointer(fileLock + LockInformation);
        var last = restart ? VirtualAddress.Null : Memory.ReadPointer(fileLock + LastLock);
        var locks = head.IsNull ? [] : Entries(head).ToList();
        var next = last.IsNull ? 0 : locks.IndexOf(last) + 1;
        if (next >= locks.Count)
            return VirtualAddress.Null;
        var info = new byte[InfoBytes];
        Memory.Read(locks[next] + LockInfo, info);
        Memory.Write(fileLock + LastInfo, info);
        Memory.WritePointer(fileLock + LastLock, locks[next]);
        return fileLock + LastInfo;
    }
}

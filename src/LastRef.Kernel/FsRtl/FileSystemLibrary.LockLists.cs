using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The lists behind a FILE_LOCK.</summary>
internal sealed partial class FileSystemLibrary
{
    private async GuestTask<NtStatus> Lock(
        VirtualAddress fileLock, LockRange range, LockOwner owner, bool failImmediately, bool exclusive, Irp? irp, VirtualAddress context)
    {
        if (range.Length != 0 && range.Last < range.Start)
            return await CompleteLockIrp(fileLock, irp, context, NtStatus.InvalidLockRange);
        var head = Memory.ReadPointer(fileLock + LockInformation);
        if (head.IsNull)
        {
            head = Allocate(HeadBytes);
            _kernel.Ke.InitializeList(head);
            _kernel.Ke.InitializeList(head + WaitingList);
            Memory.WritePointer(fileLock + LockInformation, head);
        }

        Memory.WriteByte(fileLock + Questionable, 1);
        if (!Conflicts(fileLock, range, owner, exclusive))
        {
            _kernel.Ke.InsertTail(head, NewLock(range, owner, exclusive, null, context));
            var status = await CompleteLockIrp(fileLock, irp, context, NtStatus.Success);
            if (!status.IsSuccess)
                await UnlockSingle(fileLock, range, owner, context);
            return status;
        }

        if (failImmediately || irp is not { } request)
            return await CompleteLockIrp(fileLock, irp, context, NtStatus.LockNotGranted);
        return await WaitForLock(fileLock, head, NewLock(range, owner, exclusive, request, context), request);
    }

    private async GuestTask<NtStatus> WaitForLock(VirtualAddress fileLock, VirtualAddress head, VirtualAddress waiting, Irp irp)
    {
        var location = irp.CurrentStackLocation ?? throw new InvariantException("A lock request has no stack location.");
        if (irp.Cancel)
        {
            var context = Memory.ReadPointer(waiting + LockContext);
            Free(waiting);
            return await CompleteLockIrp(fileLock, irp, context, NtStatus.Cancelled);
        }

        location.SetControl(Memory, location.Control | StackLocationControl.PendingReturned);
        if (_cancelLock.IsNull)
            _cancelLock = _kernel.Internal.Define(CancelLock);
        irp.IoStatus.SetInformation(Memory, fileLock.Value);
        irp.SetCancelRoutine(Memory, _cancelLock);
        _kernel.Ke.InsertTail(head + WaitingList, waiting);
        return NtStatus.Pending;
    }

    private async GuestTask<ulong> CancelLock(ulong[] arguments)
    {
        var irp = new Irp(Memory, new VirtualAddress(arguments[1]));
        _kernel.Io.IoReleaseCancelSpinLock(irp.CancelIrql);
        var fileLock = new VirtualAddress(irp.IoStatus.Information);
        var head = Memory.ReadPointer(fileLock + LockInformation);
        if (head.IsNull)
            return 0;
        foreach (var waiting in Entries(head + WaitingList))
        {
            if (Memory.ReadPointer(waiting + LockIrp) == irp.Address)
                await Finish(fileLock, waiting, NtStatus.Cancelled);
        }

        return 0;
    }

    private async GuestTask<NtStatus> UnlockSingle(VirtualAddress fileLock, LockRange range, LockOwner owner, VirtualAddress context)
    {
        var head = Memory.ReadPointer(fileLock + LockInformation);
        foreach (var granted in head.IsNull ? [] : Entries(head).ToArray())
        {
            if (RangeOf(granted) != range || OwnerOf(granted) != owner)
                continue;
            await Unlocked(fileLock, granted, context);
            await GrantWaiting(fileLock);
            return NtStatus.Success;
        }

        return NtStatus.RangeNotLocked;
    }

    /// <param name="key">Null for every key.</param>
    private async GuestTask<NtStatus> UnlockAll(VirtualAddress fileLock, VirtualAddress file, VirtualAddress process, uint? key, VirtualAddress context)
    {
        var head = Memory.ReadPointer(fileLock + LockInformation);
        if (head.IsNull)
            return NtStatus.RangeNotLocked;
        bool IsMeant(VirtualAddress entry) =>
            OwnerOf(entry) is var owner && owner.File == file && owner.Process == process && (key is null || owner.Key == key);
        foreach (var granted in Entries(head).Where(IsMeant).ToArray())
            await Unlocked(fileLock, granted, context);
        foreach (var waiting in Entries(head + WaitingList).Where(IsMeant).ToArray())
            await Finish(fileLock, waiting, NtStatus.Success);
        await GrantWaiting(fileLock);
        return NtStatus.Success;
    }

    /// <summary>Takes a granted lock away and tells the file system, which may keep account of locks.</summary>
    private async GuestTask Unlocked(VirtualAddress fileLock, VirtualAddress granted, VirtualAddress context)
    {
        var routine = Memory.ReadPointer(fileLock + 8);
        if (!routine.IsNull)
        {
            await _kernel.CallDriver(
                DriverCallKind.Notification, VirtualAddress.Null, _kernel.CurrentThread, routine, context.Value, (granted + LockInfo).Value);
        }

        Remove(granted);
    }

    /// <summary>Grants what waits and no more conflicts, oldest first.</summary>
    private async GuestTask GrantWaiting(VirtualAddress fileLock)
    {
        var head = Memory.ReadPointer(fileLock + LockInformation);
        foreach (var waiting in Entries(head + WaitingList).ToArray())
        {
            if (Conflicts(fileLock, RangeOf(waiting), OwnerOf(waiting), IsExclusive(waiting)))
                continue;
            var irp = new Irp(Memory, Memory.ReadPointer(waiting + LockIrp));
            irp.SetCancelRoutine(Memory, VirtualAddress.Null);
            _kernel.Ke.RemoveEntry(waiting);
            Memory.WritePointer(waiting + LockIrp, VirtualAddress.Null);
            _kernel.Ke.InsertTail(head, waiting);
            if (!(await CompleteLockIrp(fileLock, irp, Memory.ReadPointer(waiting + LockContext), NtStatus.Success)).IsSuccess)
                Remove(waiting);
        }
    }

    private async GuestTask Finish(VirtualAddress fileLock, VirtualAddress waiting, NtStatus status)
    {
        var irp = new Irp(Memory, Memory.ReadPointer(waiting + LockIrp));
        var context = Memory.ReadPointer(waiting + LockContext);
        irp.SetCancelRoutine(Memory, VirtualAddress.Null);
        Remove(waiting);
        await CompleteLockIrp(fileLock, irp, context, status);
    }

    /// <summary>The file system's own routine completes the request where it has one, and may refuse the lock.</summary>
    private async GuestTask<NtStatus> CompleteLockIrp(VirtualAddress fileLock, Irp? irp, VirtualAddress context, NtStatus status)
    {
        if (irp is not { } request)
            return status;
        request.IoStatus.SetInformation(Memory, 0);
        var routine = Memory.ReadPointer(fileLock);
        if (routine.IsNull)
            return await _kernel.Io.Complete(request, status, 0);
        request.IoStatus.SetStatus(Memory, status);
        return new NtStatus((int)await _kernel.CallDriver(
            DriverCallKind.Notification, VirtualAddress.Null, _kernel.CurrentThread, routine, context.Value, request.Address.Value));
    }

    /// <summary>An exclusive lock excludes every other of the range; shared ones exclude only exclusive ones.</summary>
    private bool Conflicts(VirtualAddress fileLock, LockRange range, LockOwner owner, bool exclusive)
    {
        var head = Memory.ReadPointer(fileLock + LockInformation);
        return !head.IsNull && Entries(head).Any(granted => RangeOf(granted).Overlaps(range) && (exclusive || IsExclusive(granted)));
    }

    private bool CheckRequest(VirtualAddress fileLock, Irp irp, bool isWrite)
    {
        var location = irp.CurrentStackLocation ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);
        var range = isWrite
            ? new LockRange((ulong)location.WriteByteOffset, location.WriteLength)
            : new LockRange((ulong)location.ReadByteOffset, location.ReadLength);
        var owner = new LockOwner(
            location.FileObject?.Address ?? VirtualAddress.Null, _kernel.Io.IoGetRequestorProcess(irp), isWrite ? location.WriteKey : location.ReadKey);
        return MayTransfer(fileLock, range, owner, isWrite);
    }

    /// <summary>A shared lock stops every writer, its owner too; an exclusive one everybody but its owner.</summary>
    private bool MayTransfer(VirtualAddress fileLock, LockRange range, LockOwner owner, bool isWrite)
    {
        var head = Memory.ReadPointer(fileLock + LockInformation);
        return head.IsNull || range.Length == 0
            || !Entries(head).Any(granted => RangeOf(granted).Overlaps(range) && (IsExclusive(granted) ? OwnerOf(granted) != owner : isWrite));
    }

    private VirtualAddress NewLock(LockRange range, LockOwner owner, bool exclusive, Irp? irp, VirtualAddress context)
    {
        var entry = Allocate(LockBytes);
        var info = entry + LockInfo;
        Memory.WriteUInt64(info, range.Start);
        Memory.WriteUInt64(info + 8, range.Length);
        Memory.WriteByte(info + 0x10, exclusive ? (byte)1 : (byte)0);
        Memory.WriteUInt32(info + 0x14, owner.Key);
        Memory.WritePointer(info + 0x18, owner.File);
        Memory.WritePointer(info + 0x20, owner.Process);
        Memory.WriteUInt64(info + 0x28, range.Last);
        Memory.WritePointer(entry + LockIrp, irp?.Address ?? VirtualAddress.Null);
        Memory.WritePointer(entry + LockContext, context);
        return entry;
    }

    private LockRange RangeOf(VirtualAddress entry) => new(Memory.ReadUInt64(entry + LockInfo), Memory.ReadUInt64(entry + LockInfo + 8));

    private LockOwner OwnerOf(VirtualAddress entry) => new(
        Memory.ReadPointer(entry + LockInfo + 0x18), Memory.ReadPointer(entry + LockInfo + 0x20), Memory.ReadUInt32(entry + LockInfo + 0x14));

    private bool IsExclusive(VirtualAddress entry) => Memory.ReadByte(entry + LockInfo + 0x10) != 0;

    private void Remove(VirtualAddress entry)
    {
        _kernel.Ke.RemoveEntry(entry);
        Free(entry);
    }

    private readonly record struct LockRange(ulong Start, ulong Length)
    {
        public ulong Last => Start + Length - 1;

        public bool Overlaps(LockRange other) => Length != 0 && other.Length != 0 && Start <= other.Last && other.Start <= Last;
    }

    private readonly record struct LockOwner(VirtualAddress File, VirtualAddress Process, uint Key);
}

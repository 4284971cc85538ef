using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Directory change notification: requests that wait in a file system's list until something below their directory changes.</summary>
/// <remarks>
/// Doc: FsRtlNotifyFullChangeDirectory, FsRtlNotifyFullReportChange, FsRtlNotifyCleanup, ntifs.h. The list belongs to the file system. Its entries are
/// ours: links 0, FsContext 10h, the directory's name (a STRING of the caller's) 18h, completion filter 20h, whole tree 24h, a change was missed 28h,
/// the waiting request 30h. A change that comes while no request waits is not kept: the next one is told to list the directory, as Windows tells it
/// when its buffer has run over.
/// </remarks>
internal sealed partial class FileSystemLibrary
{
    private const int NotifyContext = 0x10, NotifyName = 0x18, NotifyFilter = 0x20, NotifyTree = 0x24, NotifyMissed = 0x28, NotifyIrp = 0x30, NotifyBytes = 0x38;
    private VirtualAddress _cancelNotify;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlNotifyInitializeSync, ntifs.h")]
    internal void FsRtlNotifyInitializeSync(Out<VirtualAddress> notifySync)
    {
        var sync = Allocate(FastMutex.SizeOf(Memory.Layout));
        _kernel.Ex.KeInitializeGuardedMutex(new FastMutex(Memory, sync));
        notifySync.Set(Memory, sync);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlNotifyUninitializeSync, ntifs.h")]
    internal void FsRtlNotifyUninitializeSync(Out<VirtualAddress> notifySync)
    {
        var sync = notifySync.Get(Memory);
        if (sync.IsNull)
            return;
        Free(sync);
        notifySync.Set(Memory, VirtualAddress.Null);
    }

    /// <summary>Lets a request wait for a change; without a request, what waits for the context ends because its directory is deleted.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlNotifyFullChangeDirectory, ntifs.h", Missing = "a callback that checks traverse access; two requests of one open")]
    internal async GuestTask FsRtlNotifyFullChangeDirectory(
        VirtualAddress notifySync, VirtualAddress notifyList, VirtualAddress fsContext, VirtualAddress fullDirectoryName, NtBoolean watchTree,
        NtBoolean ignoreBuffer, uint completionFilter, Irp? notifyIrp, VirtualAddress traverseCallback, VirtualAddress subjectContext)
    {
        var entry = Entries(notifyList).FirstOrDefault(e => Memory.ReadPointer(e + NotifyContext) == fsContext);
        if (notifyIrp is not { } irp)
        {
            if (!entry.IsNull)
                await EndNotify(entry, NtStatus.DeletePending);
            return;
        }

        if (!traverseCallback.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "FsRtlNotifyFullChangeDirectory with a callback for traverse access");
        if (entry.IsNull)
        {
            entry = Allocate(NotifyBytes);
            Memory.WritePointer(entry + NotifyContext, fsContext);
            Memory.WritePointer(entry + NotifyName, fullDirectoryName);
            Memory.WriteUInt32(entry + NotifyFilter, completionFilter);
            Memory.WriteUInt32(entry + NotifyTree, watchTree ? 1u : 0);
            _kernel.Ke.InsertTail(notifyList, entry);
        }

        if (!Memory.ReadPointer(entry + NotifyIrp).IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "FsRtlNotifyFullChangeDirectory while a request of the same open waits");
        await Keep(entry, irp);
    }

    /// <summary>Tells those that wait for changes of a directory, or of the tree above it.</summary>
    /// <param name="targetNameOffset">Where the last part of the name begins, in bytes.</param>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlNotifyFullReportChange, ntifs.h", Missing = "stream names, normalized parent names")]
    internal async GuestTask FsRtlNotifyFullReportChange(
        VirtualAddress notifySync, VirtualAddress notifyList, VirtualAddress fullTargetName, ushort targetNameOffset, VirtualAddress streamName,
        VirtualAddress normalizedParentName, uint filterMatch, uint action, VirtualAddress targetContext)
    {
        if (!streamName.IsNull || !normalizedParentName.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "FsRtlNotifyFullReportChange with a stream or a normalized parent");
        var target = new UnicodeString(Memory, fullTargetName).ToText();
        var directory = target[..(targetNameOffset / 2)].TrimEnd('\\');
        foreach (var entry in Entries(notifyList).ToArray())
        {
            var watched = new UnicodeString(Memory, Memory.ReadPointer(entry + NotifyName)).ToText().TrimEnd('\\');
            var isBelow = Memory.ReadUInt32(entry + NotifyTree) != 0 && directory.StartsWith(watched + "\\", StringComparison.OrdinalIgnoreCase);
            if ((Memory.ReadUInt32(entry + NotifyFilter) & filterMatch) == 0 || !(isBelow || directory.Equals(watched, StringComparison.OrdinalIgnoreCase)))
                continue;
            await Tell(entry, target[(watched.Length + 1)..], action);
        }
    }

    /// <summary>Ends what waits for a handle that is closed.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlNotifyCleanup, ntifs.h")]
    internal async GuestTask FsRtlNotifyCleanup(VirtualAddress notifySync, VirtualAddress notifyList, VirtualAddress fsContext)
    {
        foreach (var entry in Entries(notifyList).Where(e => Memory.ReadPointer(e + NotifyContext) == fsContext).ToArray())
        {
            await EndNotify(entry, NtStatus.NotifyCleanup);
            Remove(entry);
        }
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlNotifyCleanupAll, ntifs.h")]
    internal async GuestTask FsRtlNotifyCleanupAll(VirtualAddress notifySync, VirtualAddress notifyList)
    {
        foreach (var entry in Entries(notifyList).ToArray())
        {
            await EndNotify(entry, NtStatus.NotifyCleanup);
            Remove(entry);
        }
    }

    private async GuestTask Keep(VirtualAddress entry, Irp irp)
    {
        var location = irp.CurrentStackLocation ?? throw new InvariantException("A notification request has no stack location.");
        location.SetControl(Memory, location.Control | StackLocationControl.PendingReturned);
        if (irp.Cancel || Memory.ReadUInt32(entry + NotifyMissed) != 0)
        {
            Memory.WriteUInt32(entry + NotifyMissed, 0);
            await _kernel.Io.Complete(irp, irp.Cancel ? NtStatus.Cancelled : NtStatus.NotifyEnumDir, 0);
            return;
        }

        if (_cancelNotify.IsNull)
            _cancelNotify = _kernel.Internal.Define(CancelNotify);
        irp.IoStatus.SetInformation(Memory, entry.Value);
        Memory.WritePointer(entry + NotifyIrp, irp.Address);
        irp.SetCancelRoutine(Memory, _cancelNotify);
    }

    /// <summary>FILE_NOTIFY_INFORMATION: NextEntryOffset 0, Action 4, FileNameLength 8, FileName Ch.</summary>
    private async GuestTask Tell(VirtualAddress entry, string name, uint action)
    {
        var waiting = Memory.ReadPointer(entry + NotifyIrp);
        if (waiting.IsNull)
        {
            Memory.WriteUInt32(entry + NotifyMissed, 1);
            return;
        }

        var irp = new Irp(Memory, waiting);
        var text = WideText.Bytes(name);
        byte[] change = [0, 0, 0, 0, .. BitConverter.GetBytes(action), .. BitConverter.GetBytes(text.Length), .. text];
        var room = (uint)(irp.CurrentStackLocation?.Argument1 ?? 0);
        var buffer = irp.MdlAddress is { } mdl ? _kernel.Mm.MmMapLockedPagesSpecifyCache(mdl, 0, 1, VirtualAddress.Null, 0, 0)
            : !irp.SystemBuffer.IsNull ? irp.SystemBuffer : irp.UserBuffer;
        var fits = change.Length <= room && !buffer.IsNull;
        if (fits)
            Memory.Write(buffer, change);
        Release(entry, irp);
        await _kernel.Io.Complete(irp, fits ? NtStatus.Success : NtStatus.NotifyEnumDir, fits ? (ulong)change.Length : 0);
    }

    private async GuestTask EndNotify(VirtualAddress entry, NtStatus status)
    {
        var waiting = Memory.ReadPointer(entry + NotifyIrp);
        if (waiting.IsNull)
            return;
        var irp = new Irp(Memory, waiting);
        Release(entry, irp);
        await _kernel.Io.Complete(irp, status, 0);
    }

    private void Release(VirtualAddress entry, Irp irp)
    {
        irp.SetCancelRoutine(Memory, VirtualAddress.Null);
        Memory.WritePointer(entry + NotifyIrp, VirtualAddress.Null);
    }

    private async GuestTask<ulong> CancelNotify(ulong[] arguments)
    {
        var irp = new Irp(Memory, new VirtualAddress(arguments[1]));
        _kernel.Io.IoReleaseCancelSpinLock(irp.CancelIrql);
        await EndNotify(new VirtualAddress(irp.IoStatus.Information), NtStatus.Cancelled);
        return 0;
    }
}

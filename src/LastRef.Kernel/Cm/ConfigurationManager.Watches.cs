using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>ZwNotifyChangeKey: telling of the next change of a key.</summary>
internal sealed partial class ConfigurationManager
{
    private readonly List<KeyWatch> _watches = [];

    /// <summary>Waits for the next change of a key, or has it told later: by an event, or by a work item of the driver.</summary>
    /// <remarks>
    /// Doc: the kernel's callers give a WORK_QUEUE_ITEM where an application gives an APC routine, and a queue for its context.
    /// The event is reset at first and the change is told with STATUS_NOTIFY_ENUM_DIR, the close of the key with STATUS_NOTIFY_CLEANUP (Wine's registry tests).
    /// </remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwNotifyChangeKey, ntifs.h", Missing = "a buffer for what changed; the deletion of a watched key")]
    [KernelExport("ntoskrnl.exe", Name = "NtNotifyChangeKey", MaxIrql = Irql.Passive, Doc = "ZwNotifyChangeKey, ntifs.h")]
    internal async GuestTask<NtStatus> ZwNotifyChangeKey(
        HandleValue keyHandle, HandleValue @event, VirtualAddress apcRoutine, VirtualAddress apcContext, IoStatusBlock ioStatusBlock,
        uint completionFilter, NtBoolean watchTree, VirtualAddress buffer, uint bufferSize, NtBoolean asynchronous)
    {
        var (status, key, body) = ResolveKey(keyHandle);
        if (key is null)
            return status;
        if (completionFilter == 0 || (completionFilter & ~(uint)KeyChange.All) != 0)
            return NtStatus.InvalidParameter;
        if (bufferSize != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwNotifyChangeKey with a buffer");
        var signalled = VirtualAddress.Null;
        if (@event.Value != 0)
        {
            (status, signalled) = _kernel.Ob.Resolve(@event, ObjectKind.Event);
            if (!status.IsSuccess)
                return status;
            _kernel.Ke.Signal(signalled, 0);
            _kernel.Ob.Reference(signalled, ReferenceCause.Registration, body);
        }

        var watch = new KeyWatch(key, body, (KeyChange)completionFilter, watchTree, ioStatusBlock, signalled, apcRoutine, (int)apcContext.Value);
        if (asynchronous)
        {
            _watches.Add(watch);
            return NtStatus.Pending;
        }

        var own = _kernel.Ke.CreateEvent(synchronization: false);
        _watches.Add(watch with { Event = own, WorkItem = VirtualAddress.Null });
        await _kernel.Ke.WaitFor(WaitSubject.Objects, body, own);
        _kernel.Ke.DeleteEvent(own);
        if (!signalled.IsNull)
        {
            _kernel.Ke.Signal(signalled, 1);
            await _kernel.Ob.Dereference(signalled, ReferenceCause.Registration, body);
        }

        return ioStatusBlock.Status;
    }

    /// <summary>Tells those who wait for it that something in a key changed.</summary>
    private void Changed(RegistryKey key, KeyChange change)
    {
        if (_watches.Count == 0)
            return;
        if (_watches.Exists(w => w.Key.IsDeleted))
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "the deletion of a key whose changes ZwNotifyChangeKey waits for");
        Tell(w => (w.Filter & change) != 0 && w.Covers(key), NtStatus.NotifyEnumDir);
    }

    /// <summary>The last handle to a key object is gone, and with it what was asked through it.</summary>
    private void EndWatches(VirtualAddress body) => Tell(w => w.Body == body, NtStatus.NotifyCleanup);

    private void Tell(Func<KeyWatch, bool> isMeant, NtStatus status)
    {
        foreach (var watch in _watches.Where(isMeant).ToArray())
        {
            _watches.Remove(watch);
            watch.Result.SetStatus(Memory, status);
            watch.Result.SetInformation(Memory, 0);
            if (!watch.Event.IsNull)
            {
                _kernel.Ke.Signal(watch.Event, 1);
                if (_kernel.Ob.KindOfLive(watch.Event) is not null)
                    _kernel.Ob.DereferenceDeferDelete(watch.Event, ReferenceCause.Registration, watch.Body);
            }

            if (!watch.WorkItem.IsNull)
                _kernel.Ex.ExQueueWorkItem(new WorkQueueItem(Memory, watch.WorkItem), watch.Queue);
        }
    }
}

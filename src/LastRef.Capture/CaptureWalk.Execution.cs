using LastRef.Nt;

namespace LastRef;

/// <summary>What may still run code of the image: threads, work items, timers, DPCs, callbacks.</summary>
internal sealed partial class CaptureWalk
{
    private readonly HashSet<VirtualAddress> _threadsSeen = [];

    private void WalkThreads(EProcess process)
    {
        if (!target.Layout.TryGetField("_ETHREAD", "ThreadListEntry", out var links))
            return;
        var walk = Walker.List<EThread>(process.ThreadListHead, links.Offset, roots.Limit);
        NoteEnd($"the threads of process {process.UniqueProcessId}", walk);
        foreach (var thread in walk.Items)
            AddThread(thread, process);
    }

    private void AddThread(EThread thread, EProcess? process)
    {
        if (!_threadsSeen.Add(thread.Address))
            return;
        var start = thread.StartAddress;
        if (IsInImage(start))
            _threads.Add(new CapturedThread(thread.Address, process?.Address ?? default, process?.UniqueProcessId.Value ?? 4, start));
    }

    private void WalkExecution()
    {
        foreach (var address in roots.Threads.Take(roots.Limit))
        {
            Try("the thread", address, () =>
            {
                AddThread(new EThread(target, address), null);
                return this;
            });
        }

        foreach (var address in roots.IoWorkItems.Take(roots.Limit))
        {
            var item = Try("the work item", address, () =>
            {
                var view = new IoWorkItem(target, address);
                return new CapturedWorkItem(address, view.Routine, view.IoObject);
            });
            if (item is not null && (IsOurs(item.IoObject) || IsInImage(item.Routine)))
                _ioWorkItems.Add(item);
        }

        foreach (var address in roots.ExWorkItems.Take(roots.Limit))
        {
            var item = Try("the work item", address, () =>
                new CapturedWorkItem(address, new WorkQueueItem(target, address).WorkerRoutine, default));
            if (item is not null && IsInImage(item.Routine))
                _exWorkItems.Add(item);
        }

        foreach (var address in roots.Timers.Take(roots.Limit))
            AddTimer(address, () => new KTimer(target, address).Dpc, _timers);
        _timers.AddRange(roots.FoundTimers.Where(timer => IsInImage(timer.Routine) || IsInImage(timer.Address)));
        _dpcs.AddRange(roots.FoundDpcs.Where(dpc => IsInImage(dpc.Routine) || IsInImage(dpc.Address)));
        foreach (var address in roots.Dpcs.Take(roots.Limit))
            AddTimer(address, () => address, _dpcs);
    }

    private void AddTimer(VirtualAddress address, Func<VirtualAddress> dpcOf, List<CapturedTimer> into)
    {
        var timer = Try("the timer or DPC", address, () =>
        {
            var dpc = dpcOf();
            return dpc.IsNull ? null : new CapturedTimer(address, dpc, new KDpc(target, dpc).DeferredRoutine);
        });
        // A timer that lies in the driver's own data is the driver's whatever its DPC says.
        if (timer is not null && (IsInImage(timer.Routine) || IsInImage(address)))
            into.Add(timer);
    }

    private void WalkRegistrations()
    {
        foreach (var registration in roots.Registrations.Take(roots.Limit))
        {
            if (IsInImage(registration.Routine) || IsInImage(registration.Address) || IsOurs(registration.Subject))
                _registrations.Add(registration);
        }
    }

    private bool IsOurs(VirtualAddress ioObject) =>
        !ioObject.IsNull
        && (ioObject == roots.DriverObject
            || (_devices.TryGetValue(ioObject, out var device) && device.Driver == roots.DriverObject));
}

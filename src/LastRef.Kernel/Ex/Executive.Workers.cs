using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>System worker threads.</summary>
/// <remarks>Doc: "System Worker Threads", WDK concept page. A pool grows when all its threads are busy, as routines may block for ever.</remarks>
internal sealed partial class Executive
{
    private const int WorkerLimit = 64;
    private const int WorkerPriority = 12;
    private readonly Queue<Func<KernelThread, GuestTask>> _work = new();
    private VirtualAddress _workSemaphore;
    private int _workers;
    private int _idleWorkers;
    private bool _deleting;

    /// <summary>Kernel work and items that wait for a worker.</summary>
    public int QueuedWork => _work.Count;

    /// <summary>Runs kernel code on a worker thread at PASSIVE_LEVEL.</summary>
    public void QueueWork(Func<KernelThread, GuestTask> work)
    {
        _work.Enqueue(work);
        if (_work.Count > _idleWorkers)
            StartWorker();
        _kernel.Ke.ReleaseSemaphore(_workSemaphore, 1);
    }

    /// <summary>Objects lost their last reference at raised IRQL; a worker deletes them (U-1.36, U-3.85).</summary>
    public void WakeDeferredDeleteWorker()
    {
        if (_deleting)
            return;
        _deleting = true;
        QueueWork(DeleteDeferred);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.52")]
    internal void ExQueueWorkItem(WorkQueueItem workItem, int queueType)
    {
        if (!workItem.List.Flink.IsNull)
        {
            // Doc: "Bug Check 0xE4": a work item that is in a queue already was queued again.
            throw MachineStopException.BugCheck(0xE4, $"the work item at {workItem.Address} is queued already", 0, workItem.Address.Value, 0, (ulong)queueType);
        }

        workItem.List.SetFlink(Memory, _workSemaphore);
        workItem.List.SetBlink(Memory, _workSemaphore);
        _kernel.Record(new RegistrationRecord(RegistrationKind.ExWorkItem, true, workItem.Address, workItem.WorkerRoutine, VirtualAddress.Null));
        QueueWork(thread => RunWorkItem(thread, workItem));
    }

    private async GuestTask RunWorkItem(KernelThread thread, WorkQueueItem item)
    {
        // The routine may free the item, so everything is read before.
        var (routine, parameter) = (item.WorkerRoutine, item.Parameter);
        item.List.SetFlink(Memory, VirtualAddress.Null);
        await _kernel.CallDriver(DriverCallKind.WorkItem, VirtualAddress.Null, thread, routine, parameter.Value);
        _kernel.Record(new RegistrationRecord(RegistrationKind.ExWorkItem, false, item.Address, routine, VirtualAddress.Null));
        CheckWorkerIrql(routine, parameter, item.Address);
    }

    /// <summary>A work routine must return at PASSIVE_LEVEL (Doc: "Bug Check 0xE1").</summary>
    public void CheckWorkerIrql(VirtualAddress routine, VirtualAddress parameter, VirtualAddress item)
    {
        var irql = _kernel.Ke.CurrentIrql;
        if (irql != Irql.Passive)
        {
            throw MachineStopException.BugCheck(
                0xE1, $"the work routine {_kernel.Images.SiteOf(routine)} returned at IRQL {(int)irql}", routine.Value, (ulong)irql, parameter.Value, item.Value);
        }
    }

    private void BootWorkers()
    {
        _workSemaphore = NonPagedPool.Allocate((ulong)KSemaphore.SizeOf(Memory.Layout), PoolTags.WorkItem, null);
        _kernel.Ke.InitializeSemaphore(_workSemaphore, 0, int.MaxValue);
        StartWorker();
    }

    private void StartWorker()
    {
        if (_workers == WorkerLimit)
            return;
        _workers++;
        _idleWorkers++;
        _kernel.Ps.CreateSystemThread($"worker {_workers}", WorkerPriority, RunWorker);
    }

    private async GuestTask RunWorker(KernelThread thread)
    {
        while (true)
        {
            await _kernel.Ke.WaitFor(WaitSubject.Work, _workSemaphore, _workSemaphore);
            if (!_work.TryDequeue(out var work))
                continue;
            _idleWorkers--;
            await work(thread);
            _idleWorkers++;
        }
    }

    private async GuestTask DeleteDeferred(KernelThread thread)
    {
        while (_kernel.Ob.TryTakeDeferredDelete(out var body))
            await _kernel.Ob.Delete(body);
        _deleting = false;
    }
}

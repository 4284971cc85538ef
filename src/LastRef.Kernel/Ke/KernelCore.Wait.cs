using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Dispatcher objects and the waits for them.</summary>
internal sealed partial class KernelCore
{
    private readonly List<WaitBlock> _waits = [];

    /// <summary>Threads that wait, first come first.</summary>
    public IReadOnlyList<WaitBlock> Waits => _waits;

    /// <summary>Waits on the running thread until the objects are signalled or the time is over.</summary>
    /// <param name="timeout100ns">Null waits for ever; zero only looks; negative is relative, positive absolute (Doc: KeWaitForSingleObject).</param>
    /// <returns>STATUS_WAIT_0 plus the index of the object, or STATUS_TIMEOUT.</returns>
    public GuestTask<NtStatus> Wait(VirtualAddress[] objects, bool waitAll, long? timeout100ns, bool alertable = false, bool userMode = false)
    {
        var thread = _kernel.CurrentThread;
        if (TrySatisfy(thread, objects, waitAll) is { } status)
            return GuestTask.FromResult(status);
        return timeout100ns == 0 ? GuestTask.FromResult(NtStatus.Timeout) : Block(objects, waitAll, timeout100ns, alertable, userMode);
    }

    /// <summary>Waits although nothing is signalled now; a thread that serves a queue leaves its place to another.</summary>
    private GuestTask<NtStatus> Block(
        VirtualAddress[] objects, bool waitAll, long? timeout100ns, bool alertable, bool userMode, WaitSubject subject = default, VirtualAddress at = default)
    {
        var queue = new KThread(Memory, _kernel.CurrentThread.Address).Queue;
        return queue.IsNull
            ? BlockNow(objects, waitAll, timeout100ns, alertable, userMode, subject, at)
            : BlockOutsideQueue(queue, () => BlockNow(objects, waitAll, timeout100ns, alertable, userMode, subject, at));
    }

    private GuestTask<NtStatus> BlockNow(
        VirtualAddress[] objects, bool waitAll, long? timeout100ns, bool alertable, bool userMode, WaitSubject subject = default, VirtualAddress at = default)
    {
        var thread = _kernel.CurrentThread;
        if (CurrentIrql >= Irql.Dispatch)
        {
            // Bug check 0xB8 ATTEMPTED_SWITCH_FROM_DPC is what a wait in a DPC ends in (Doc: "Bug Check 0xB8").
            throw MachineStopException.BugCheck(0xB8, $"a wait at IRQL {(int)CurrentIrql}", 0, thread.Address.Value);
        }

        var wait = new WaitBlock(
            thread, objects, waitAll, timeout100ns is { } time ? ToDueTime(time) : null, InterruptTime100ns, new GuestTask<NtStatus>())
        {
            Subject = subject,
            SubjectAddress = at,
            Alertable = alertable,
            UserMode = userMode,
        };
        _waits.Add(wait);
        _kernel.Scheduler.BlockCurrent(wait);

        // An APC that became due while kernel code ran comes before the wait.
        if (CurrentIrql < Irql.Apc && _apcs.Count > 0 && NextApc(thread) is not null)
            InterruptWait(thread);
        return wait.Result;
    }

    public GuestTask<NtStatus> Wait(VirtualAddress dispatcherObject, long? timeout100ns = null) => Wait([dispatcherObject], false, timeout100ns);

    /// <summary>Waits on the running thread for what an event stands for, so that others can be told what that is.</summary>
    public GuestTask<NtStatus> WaitFor(WaitSubject subject, VirtualAddress at, VirtualAddress dispatcherObject) =>
        TrySatisfy(_kernel.CurrentThread, [dispatcherObject], waitAll: false) is { } status
            ? GuestTask.FromResult(status)
            : Block([dispatcherObject], false, null, false, false, subject, at);

    /// <summary>Sets an object's signal state and lets those go that can.</summary>
    /// <returns>The state before.</returns>
    public int Signal(VirtualAddress address, int signalState)
    {
        var header = new DispatcherHeader(Memory, address);
        var before = header.SignalState;
        header.SetSignalState(Memory, signalState);
        if (signalState > 0)
            WakeWaiters(address);
        return before;
    }

    /// <summary>Ends every wait that the object's state now satisfies, first come first.</summary>
    public void WakeWaiters(VirtualAddress address)
    {
        for (var i = 0; i < _waits.Count;)
        {
            var wait = _waits[i];
            if (Array.IndexOf(wait.Objects, address) >= 0 && TrySatisfy(wait.Thread, wait.Objects, wait.WaitAll) is { } status)
            {
                _waits.RemoveAt(i);
                _kernel.Scheduler.EndWait(wait.Thread, status);
            }
            else
                i++;
        }
    }

    /// <summary>Takes a thread out of its wait without the objects: an APC, an alert, or its end.</summary>
    public bool AbortWait(KernelThread thread, NtStatus status)
    {
        var index = _waits.FindIndex(w => w.Thread == thread);
        if (index < 0)
            return false;
        _waits.RemoveAt(index);
        _kernel.Scheduler.EndWait(thread, status);
        return true;
    }

    /// <summary>Whether a thread that asks for the object would get it at once.</summary>
    public bool IsSignalled(KernelThread thread, VirtualAddress address)
    {
        var header = new DispatcherHeader(Memory, address);
        return header.Type switch
        {
            DispatcherType.Mutant => header.SignalState > 0 || new KMutant(Memory, address).OwnerThread?.Address == thread.Address,
            DispatcherType.Queue => throw MachineStopException.Unsupported(UnsupportedKind.Case, "a wait for a queue object with KeWaitForSingleObject"),
            <= DispatcherType.TimerSynchronization => header.SignalState > 0,
            var type => throw MachineStopException.BugCheck(
                0xA, $"a wait for {address}, which is no dispatcher object: its type is {(int)type}", address.Value, (ulong)CurrentIrql),
        };
    }

    private NtStatus? TrySatisfy(KernelThread thread, VirtualAddress[] objects, bool waitAll, bool isDelay = false)
    {
        if (isDelay)
            return null;
        if (waitAll)
        {
            if (!objects.All(o => IsSignalled(thread, o)))
                return null;
            foreach (var address in objects)
                Acquire(thread, address);
            return NtStatus.Success;
        }

        for (var i = 0; i < objects.Length; i++)
        {
            if (IsSignalled(thread, objects[i]))
            {
                var abandoned = Acquire(thread, objects[i]);
                return new NtStatus((abandoned ? 0x80 : 0) + i);
            }
        }

        return null;
    }

    /// <summary>The side effect of a satisfied wait (Doc: "Introduction to Kernel Dispatcher Objects", WDK).</summary>
    /// <returns>True for a mutex whose owner ended without releasing it.</returns>
    private bool Acquire(KernelThread thread, VirtualAddress address)
    {
        var header = new DispatcherHeader(Memory, address);
        switch (header.Type)
        {
            case DispatcherType.EventSynchronization or DispatcherType.TimerSynchronization:
                header.SetSignalState(Memory, 0);
                return false;
            case DispatcherType.Semaphore:
                header.SetSignalState(Memory, header.SignalState - 1);
                return false;
            case DispatcherType.Mutant:
                var mutant = new KMutant(Memory, address);
                AcquireMutant(thread, mutant);
                var abandoned = (mutant.Abandoned & 1) != 0;
                mutant.SetAbandoned(Memory, (byte)(mutant.Abandoned & ~1));
                return abandoned;
            default:
                return false;
        }
    }
}

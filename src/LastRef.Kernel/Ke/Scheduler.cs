using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Gives the one virtual processor to threads: highest priority first, then first come, first served.</summary>
/// <remarks>Decision 3 of docs/architecture.md: no choice is made by chance, and virtual time moves only when every thread waits.</remarks>
internal sealed class Scheduler(NtKernel kernel)
{
    private const int SliceInstructions = 200_000;

    /// <summary>What busy code costs in virtual time: an instruction a nanosecond.</summary>
    private const int InstructionsPer100ns = 100;

    private readonly LinkedList<KernelThread>[] _ready = Enumerable.Range(0, 32).Select(_ => new LinkedList<KernelThread>()).ToArray();
    private readonly List<KernelThread> _threads = [];
    private KernelThread? _idle;

    /// <summary>The thread that has the processor; null between threads.</summary>
    public KernelThread? Current { get; private set; }

    /// <summary>Every thread that has not ended, in the order of creation.</summary>
    public IReadOnlyList<KernelThread> Threads => _threads;

    /// <summary>The thread that runs DPCs when no other has the processor.</summary>
    public KernelThread Idle
    {
        get => _idle ?? throw new InvalidOperationException("The machine is not booted.");
        set => _idle = value;
    }

    public void Add(KernelThread thread) => _threads.Add(thread);

    public void MakeReady(KernelThread thread)
    {
        Invariant.Check(thread.State is not (ThreadState.Ready or ThreadState.Running or ThreadState.Terminated), "Only a thread that waits or is new becomes ready.");
        SetState(thread, ThreadState.Ready);
        _ready[thread.Priority].AddLast(thread);
    }

    /// <summary>Gives a thread kernel work and makes it ready for the first time.</summary>
    public void Start(KernelThread thread, Func<KernelThread, GuestTask> body)
    {
        thread.Resume = () => Detach(RunBody(thread, body));
        MakeReady(thread);
    }

    /// <summary>Changes a thread's priority; a ready thread goes to the end of its new queue.</summary>
    public void SetPriority(KernelThread thread, int priority)
    {
        if (thread.State == ThreadState.Ready)
        {
            _ready[thread.Priority].Remove(thread);
            _ready[priority].AddLast(thread);
        }

        thread.Priority = priority;
    }

    /// <summary>Marks the running thread as waiting; it leaves the processor as soon as the kernel code that called this returns.</summary>
    public void BlockCurrent(WaitBlock wait)
    {
        var thread = wait.Thread;
        Invariant.Check(Current == thread, "A thread blocks only itself.");
        thread.Wait = wait;
        if (thread.InnermostFrame is { } frame)
            frame.Waits++;
        SetState(thread, ThreadState.Waiting);
        kernel.Processor.RequestStop();
    }

    /// <summary>Ends a wait; the thread continues when it gets the processor.</summary>
    public void EndWait(KernelThread thread, NtStatus status)
    {
        var wait = thread.Wait;
        Invariant.Check(wait is not null && thread.State == ThreadState.Waiting, "Only a waiting thread can be woken.");
        thread.Wait = null;
        thread.Resume = () => wait.Result.SetResult(status);
        MakeReady(thread);
    }

    /// <summary>Gives a waiting thread the processor for other work; the wait itself is then the caller's to end or to begin again.</summary>
    public void Interrupt(KernelThread thread, Action work)
    {
        Invariant.Check(thread.State == ThreadState.Waiting, "Only a waiting thread can be interrupted in its wait.");
        thread.Wait = null;
        thread.Resume = work;
        MakeReady(thread);
    }

    /// <summary>Watches kernel work that nobody awaits: what stops the machine stops it, and a defect of ours is not lost.</summary>
    public void Detach(GuestTask work) => work.WhenFailed(failure =>
    {
        if (failure is MachineStopException stop)
            kernel.StopWith(stop);
        else if (failure is TargetReadException fault)
            kernel.StopWith(kernel.Ke.MemoryFault(fault.Address, AccessKind.Read, kernel.ReturnThunk.Value, "kernel code", inKernel: true));
        else if (failure is GuestRaisedException raised)
            kernel.StopWith(MachineStopException.BugCheck(0x7E, $"kernel code on a system thread raised {raised.Code}", unchecked((uint)raised.Code.Value)));
        else if (failure is not GuestUnwindException)
            _failure ??= failure;
    });

    private Exception? _failure;
    private bool _recurs;

    /// <summary>Ends the running thread: its driver code never continues.</summary>
    public void TerminateCurrent(NtStatus exitStatus)
    {
        var thread = Current!;
        thread.ExitStatus = exitStatus;
        thread.DropFrames();
        SetState(thread, ThreadState.Terminated);
        _threads.Remove(thread);
        kernel.Ke.OnThreadTerminated(thread);
        kernel.Processor.RequestStop();
    }

    /// <summary>Whether a thread of this priority or a higher one could run now.</summary>
    public bool HasReady(int priority) => Array.Exists(_ready, queue => queue.Count > 0 && queue.First!.Value.Priority >= priority);

    /// <summary>Lets other ready threads of the same or higher priority run first.</summary>
    public GuestTask Yield()
    {
        var thread = Current!;
        var task = new GuestTask();
        thread.Resume = task.SetResult;
        SetState(thread, ThreadState.Ready);
        _ready[thread.Priority].AddLast(thread);
        kernel.Processor.RequestStop();
        return task;
    }

    /// <summary>As <see cref="Run"/>, but ends as well when the machine's state recurs: what is waited for will never happen then.</summary>
    public RunOutcome RunUntilHung(Func<bool> until, long timeLimit100ns)
    {
        using var detector = new RecurrenceDetector(kernel);
        Recurrence = detector;
        try
        {
            return Run(until, timeLimit100ns);
        }
        finally
        {
            Recurrence = null;
        }
    }

    /// <summary>Looks for a state that recurs; null while nobody asked for that.</summary>
    public RecurrenceDetector? Recurrence { get; private set; }

    /// <summary>Threads that wait for the processor, in the order in which they will get it.</summary>
    public IEnumerable<KernelThread> ReadyThreads => _ready.Reverse().SelectMany(queue => queue);

    /// <summary>Runs the machine until <paramref name="until"/> holds, it stops, or nothing can happen any more.</summary>
    /// <param name="timeLimit100ns">Virtual time after which the run ends although timers are still due.</param>
    public RunOutcome Run(Func<bool> until, long timeLimit100ns = long.MaxValue)
    {
        while (true)
        {
            if (_failure is { } failure)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            if (kernel.Stop is not null)
                return RunOutcome.Stopped;
            if (until())
                return RunOutcome.Done;
            var next = PickReady();
            if (next is not null)
            {
                RunThread(next);
                if (_recurs)
                {
                    _recurs = false;
                    return RunOutcome.Recurs;
                }
            }
            else if (Recurrence is { } detector && detector.Look())
                return RunOutcome.Recurs;
            else if (!kernel.Ke.AdvanceTime(timeLimit100ns))
                return RunOutcome.Idle;
        }
    }

    private KernelThread? PickReady()
    {
        if (kernel.Ke.HasQueuedDpcs || kernel.Ke.HasInterruptAt(Irql.Passive))
            return Idle;
        for (var priority = 31; priority >= 0; priority--)
        {
            if (_ready[priority].First is { } node)
            {
                _ready[priority].RemoveFirst();
                return node.Value;
            }
        }

        return null;
    }

    /// <summary>Whether a thread of higher priority than the running one is ready.</summary>
    public bool HasPreempter => Current is { } thread && IsPreempted(thread);

    private bool IsPreempted(KernelThread thread)
    {
        if (kernel.Ke.CurrentIrql >= Irql.Dispatch || kernel.Ke.InterruptsDisabled)
            return false;
        for (var priority = 31; priority > thread.Priority; priority--)
        {
            if (_ready[priority].Count > 0)
                return true;
        }

        return false;
    }

    private void RunThread(KernelThread thread)
    {
        Current = thread;
        Recurrence?.NoteRun(thread);
        SetState(thread, ThreadState.Running);
        kernel.Processor.Registers = thread.Registers;
        kernel.OnThreadSwitch(thread);
        try
        {
            if (thread == Idle)
                thread.Resume = () => Detach(kernel.Ke.DrainDpcs(thread));
            while (thread.State == ThreadState.Running && kernel.Stop is null)
            {
                if (!Step(thread))
                    break;
            }
        }
        finally
        {
            thread.Registers = kernel.Processor.Registers;
            Current = null;
        }

        if (thread == Idle)
            SetState(thread, ThreadState.Waiting);
    }

    /// <summary>One turn of a running thread: kernel work that is due, else guest code up to the next event.</summary>
    /// <returns>False when the thread gives up the processor without blocking.</returns>
    private bool Step(KernelThread thread)
    {
        kernel.BeginTurn();
        if (thread.Resume is { } resume)
        {
            thread.Resume = null;
            resume();
            return true;
        }

        if (kernel.Ke.TakeInterrupt())
            return true;
        if (kernel.Ke.CurrentIrql < Irql.Dispatch)
        {
            if (kernel.Ke.HasQueuedDpcs && thread != Idle)
            {
                Detach(kernel.Ke.DrainDpcs(thread));
                return true;
            }

            if (kernel.Ke.DeliverApcs(thread))
                return true;
            if (IsPreempted(thread))
            {
                SetState(thread, ThreadState.Ready);
                _ready[thread.Priority].AddFirst(thread);
                return false;
            }
        }

        if (thread.InnermostFrame is not { } frame)
        {
            if (_failure is not null)
                return false;
            Invariant.Check(thread == Idle, $"Thread '{thread.Purpose}' has nothing to run and waits for nothing.");
            return false;
        }

        if (frame.PendingRoutine is { } routine)
        {
            Invariant.Check(routine.IsCompleted, $"A kernel routine on thread '{thread.Purpose}' is unfinished and waits for nothing.");
            frame.PendingRoutine = null;
            kernel.FinishRoutine(thread, routine);
            return true;
        }

        return !kernel.RunGuest(thread, SliceInstructions) || !EndSlice(thread);
    }

    /// <summary>Driver code ran for a whole slice without an event: it took time, and its equals have their turn.</summary>
    /// <returns>True when the thread gave the processor up.</returns>
    private bool EndSlice(KernelThread thread)
    {
        kernel.Ke.Stall(SliceInstructions / InstructionsPer100ns);
        if (Recurrence is { } detector && kernel.Stop is null && detector.Look())
        {
            // Ready again, so that a run that goes on later goes on here.
            _recurs = true;
            SetState(thread, ThreadState.Ready);
            _ready[thread.Priority].AddFirst(thread);
            return true;
        }

        if (kernel.Ke.CurrentIrql >= Irql.Dispatch || kernel.Ke.InterruptsDisabled || _ready[thread.Priority].Count == 0)
            return false;
        SetState(thread, ThreadState.Ready);
        _ready[thread.Priority].AddLast(thread);
        return true;
    }

    private async GuestTask RunBody(KernelThread thread, Func<KernelThread, GuestTask> body)
    {
        await body(thread);
        if (thread.State == ThreadState.Running)
            TerminateCurrent(NtStatus.Success);
    }

    private void SetState(KernelThread thread, ThreadState state)
    {
        thread.State = state;
        kernel.Ke.WriteThreadState(thread, state);
    }
}

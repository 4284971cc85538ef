using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Making threads, their kernel stacks, and their end.</summary>
internal sealed partial class ProcessManager
{
    /// <summary>A kernel stack of x64 (Doc: "Using the Kernel Stack", WDK): 24 KiB.</summary>
    public const int KernelStackBytes = 0x6000;

    /// <summary>Stacks lie this far apart; what is between them is unmapped and catches overflow.</summary>
    private const int StackSlotBytes = 0x20000;

    private const int SystemThreadPriority = 8;
    private readonly Dictionary<VirtualAddress, KernelThread> _kernelThreads = [];
    private VirtualAddress _nextStack = AddressMap.KernelStacks;

    /// <summary>Called on a thread that ends, before its object is signalled; the I/O manager cancels its requests here.</summary>
    public Func<KernelThread, GuestTask>? ThreadExiting { get; set; }

    /// <summary>The scheduler's thread of an ETHREAD; null when the address is none or the thread has ended.</summary>
    /// <summary>The threads of a process that have not ended, by number.</summary>
    public IReadOnlyList<KernelThread> ThreadsOf(VirtualAddress process) =>
        [.. _threads.Values.Select(address => _kernelThreads[address]).Where(thread => new KThread(Memory, thread.Address).Process?.Address == process)];

    public KernelThread? ThreadAt(VirtualAddress address) => _kernelThreads.GetValueOrDefault(address);

    /// <summary>Starts a thread of the System process that runs kernel code.</summary>
    /// <param name="priority">0 to 31.</param>
    public KernelThread CreateSystemThread(string purpose, int priority, Func<KernelThread, GuestTask> body)
    {
        var thread = NewThread(SystemProcess, purpose, priority);
        _kernel.Scheduler.Start(thread, t => RunThread(t, body));
        return thread;
    }

    /// <summary>Starts a thread of an application: kernel code that acts as a system call made from user mode.</summary>
    public KernelThread CreateApplicationThread(VirtualAddress process, string purpose, Func<KernelThread, GuestTask> body)
    {
        var thread = NewThread(process, purpose, SystemThreadPriority);
        SetPreviousMode(thread, userMode: true);
        _kernel.Scheduler.Start(thread, t => RunThread(t, body));
        return thread;
    }

    /// <summary>Makes a thread that the caller starts through the scheduler.</summary>
    public KernelThread CreateThread(VirtualAddress process, string purpose)
    {
        var thread = NewThread(process, purpose, SystemThreadPriority);
        SetPreviousMode(thread, process != SystemProcess);
        return thread;
    }

    /// <summary>What ExGetPreviousMode says on the thread.</summary>
    public void SetPreviousMode(KernelThread thread, bool userMode)
    {
        thread.PreviousModeIsUser = userMode;
        new KThread(Memory, thread.Address).SetPreviousMode(Memory, (sbyte)(userMode ? 1 : 0));
    }

    /// <summary>The lowest address that belongs to the thread's stack slot; an access between it and the stack is an overflow.</summary>
    public static bool IsStackGuard(VirtualAddress address)
    {
        var offset = address - AddressMap.KernelStacks;
        return offset < 0x1_0000_0000 && offset % StackSlotBytes < StackSlotBytes - KernelStackBytes;
    }

    private async GuestTask RunThread(KernelThread thread, Func<KernelThread, GuestTask> body)
    {
        await ReportThreadStart(thread);
        await body(thread);
        await FinishThread(thread, NtStatus.Success);
    }

    /// <summary>The end of the running thread: callbacks, requests, the process's last thread.</summary>
    /// <remarks>The caller's own code never continues.</remarks>
    public async GuestTask FinishThread(KernelThread thread, NtStatus exitStatus)
    {
        CheckExitState(thread);
        SetPreviousMode(thread, userMode: false);
        await NotifyThread(thread, created: false);
        if (ThreadExiting is { } exiting)
            await exiting(thread);
        await _kernel.Ke.FlushApcs(thread);
        if (_processes.ContainsValue(thread.Process) && thread.Process != SystemProcess && new EProcess(Memory, thread.Process).ActiveThreads == 1)
            await FinishProcess(thread.Process, exitStatus);
        _kernel.Scheduler.TerminateCurrent(exitStatus);
    }

    /// <summary>Doc: "Bug Check 0x20: KERNEL_APC_PENDING_DURING_EXIT".</summary>
    private void CheckExitState(KernelThread thread)
    {
        var disabled = new KThread(Memory, thread.Address).CombinedApcDisable;
        var irql = _kernel.Ke.CurrentIrql;
        if (disabled != 0 || irql != Irql.Passive)
        {
            throw MachineStopException.BugCheck(
                0x20, disabled != 0 ? "a thread ended inside a critical region" : $"a thread ended at IRQL {(int)irql}", 0, disabled, (ulong)irql);
        }
    }

    private KernelThread NewThread(VirtualAddress process, string purpose, int priority, VirtualAddress startAddress = default)
    {
        var (stackLimit, stackBase) = AllocateStack(KernelStackBytes);
        var address = _kernel.Ob.Create(ObjectKind.Thread, (ulong)EThread.SizeOf(Memory.Layout), PoolTags.Thread);
        var ethread = new EThread(Memory, address);
        var kthread = ethread.Tcb;
        kthread.Header.SetType(Memory, DispatcherType.Thread);
        kthread.Header.SetSize(Memory, 6);
        var ke = _kernel.Ke;
        ke.InitializeList(kthread.Header.WaitListHead.Address);
        ke.InitializeList(kthread.MutantListHead.Address);
        ke.InitializeList(kthread.ApcState.ApcListHead[0].Address);
        ke.InitializeList(kthread.ApcState.ApcListHead[1].Address);
        ke.InitializeList(ethread.IrpList.Address);
        kthread.SetInitialStack(Memory, stackBase);
        kthread.SetStackBase(Memory, stackBase);
        kthread.SetStackLimit(Memory, stackLimit);
        kthread.SetKernelStack(Memory, stackBase - 0x100);
        kthread.SetPriority(Memory, (sbyte)priority);
        kthread.SetBasePriority(Memory, (sbyte)priority);
        var owner = new EProcess(Memory, process);
        kthread.SetProcess(Memory, owner.Pcb);
        kthread.ApcState.SetProcess(Memory, owner.Pcb);
        ethread.SetCreateTime(Memory, ke.SystemTime100ns);
        ethread.SetStartAddress(Memory, startAddress);
        var id = TakeId();
        ethread.SetUniqueThread(Memory, new HandleValue(id));
        ethread.SetUniqueProcess(Memory, owner.UniqueProcessId);
        ke.InsertTail(owner.Pcb.ThreadListHead.Address, kthread.ThreadListEntry.Address);
        ke.InsertTail(owner.ThreadListHead.Address, ethread.ThreadListEntry.Address);
        owner.SetActiveThreads(Memory, owner.ActiveThreads + 1);
        _kernel.Ob.Reference(process, ReferenceCause.SystemThread, address);

        var thread = new KernelThread(_kernel, address, stackLimit, stackBase, purpose)
        {
            Priority = priority,
            Process = process,
            StartAddress = startAddress,
        };
        thread.Registers.GsBase = AddressMap.ProcessorControlRegion.Value;
        _threads.Add(id, address);
        _kernelThreads.Add(address, thread);
        _kernel.Scheduler.Add(thread);
        return thread;
    }

    /// <summary>Maps a stack at the upper end of a slot of its own.</summary>
    /// <returns>Its lowest address, and the end of it.</returns>
    public (VirtualAddress Limit, VirtualAddress Base) AllocateStack(ulong byteCount)
    {
        var end = _nextStack + StackSlotBytes;
        _nextStack = end;
        _kernel.Guest.Map((end - byteCount).Value, byteCount, PageAccess.Read | PageAccess.Write);
        return (end - byteCount, end);
    }

    /// <summary>Takes an ended thread out of its process's lists; called by the kernel core when the thread has left the processor.</summary>
    public void OnThreadTerminated(KernelThread thread)
    {
        var ethread = new EThread(Memory, thread.Address);
        _kernel.Io.DisownRequests(thread);
        _threads.Remove(ethread.UniqueThread.Value);
        _kernelThreads.Remove(thread.Address);
        var owner = new EProcess(Memory, thread.Process);
        owner.SetActiveThreads(Memory, owner.ActiveThreads - 1);
        _kernel.Ke.RemoveEntry(ethread.Tcb.ThreadListEntry.Address);
        _kernel.Ke.RemoveEntry(ethread.ThreadListEntry.Address);
        _exitStatus[thread.Address] = thread.ExitStatus;
        _kernel.Ob.DereferenceDeferDelete(thread.Address, ReferenceCause.KeepAlive);
    }

    private readonly Dictionary<VirtualAddress, NtStatus> _exitStatus = [];

    /// <summary>The exit status of a thread; STATUS_PENDING while it runs (Doc: PsGetThreadExitStatus).</summary>
    public NtStatus ExitStatusOf(VirtualAddress thread) => _exitStatus.GetValueOrDefault(thread, NtStatus.Pending);

    private async GuestTask DeleteThread(VirtualAddress body)
    {
        var kthread = new KThread(Memory, body);
        _kernel.Guest.Unmap(kthread.StackLimit.Value, KernelStackBytes);
        _exitStatus.Remove(body);
        if (kthread.Process is { } process)
            await _kernel.Ob.Dereference(process.Address, ReferenceCause.SystemThread, body);
    }

    /// <summary>The thread on which DPCs run while no other has the processor; its process is System, as the lab has no Idle process.</summary>
    private void BootIdleThread()
    {
        var thread = NewThread(SystemProcess, "idle", 0);
        _kernel.Scheduler.Idle = thread;
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Priorities, affinity and stacks of threads.</summary>
internal sealed partial class KernelCore
{
    private const int LowestRealtimePriority = 16;
    private const int HighestPriority = 31;

    /// <summary>Affinity on a machine with one processor; there is nothing else to choose.</summary>
    private const ulong OnlyProcessor = 1;

    private const string OneProcessor = "the machine has one processor";

    /// <returns>The priority before.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSetPriorityThread, WDK reference")]
    internal int KeSetPriorityThread(KThread thread, int priority)
    {
        if (priority is < 1 or > HighestPriority)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"KeSetPriorityThread with priority {priority}");
        var before = (int)thread.Priority;
        thread.SetPriority(Memory, (sbyte)priority);
        if (_kernel.Ps.ThreadAt(thread.Address) is { } known)
            _kernel.Scheduler.SetPriority(known, priority);
        return before;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeQueryPriorityThread, WDK reference")]
    internal int KeQueryPriorityThread(KThread thread) => thread.Priority;

    /// <summary>Sets the priority relative to that of the process, within its class.</summary>
    /// <returns>The increment before.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSetBasePriorityThread, WDK reference")]
    internal int KeSetBasePriorityThread(KThread thread, int increment)
    {
        var ofProcess = thread.Process is { } process ? process.BasePriority : (sbyte)8;
        var before = thread.BasePriority - ofProcess;
        var (low, high) = ofProcess >= LowestRealtimePriority ? (LowestRealtimePriority, HighestPriority) : (1, LowestRealtimePriority - 1);
        var priority = Math.Clamp(ofProcess + increment, low, high);
        thread.SetBasePriority(Memory, (sbyte)priority);
        KeSetPriorityThread(thread, priority);
        return before;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSetSystemAffinityThread, WDK reference", NoEffect = OneProcessor)]
    internal void KeSetSystemAffinityThread(ulong affinity)
    {
    }

    /// <returns>Zero, as no affinity was set before.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSetSystemAffinityThreadEx, WDK reference", NoEffect = OneProcessor)]
    internal ulong KeSetSystemAffinityThreadEx(ulong affinity) => 0;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRevertToUserAffinityThread, WDK reference", NoEffect = OneProcessor)]
    internal void KeRevertToUserAffinityThread()
    {
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRevertToUserAffinityThreadEx, WDK reference", NoEffect = OneProcessor)]
    internal void KeRevertToUserAffinityThreadEx(ulong affinity)
    {
    }

    /// <summary>GROUP_AFFINITY: Mask 0, Group 8, reserved words to 10h.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSetSystemGroupAffinityThread, WDK reference")]
    internal void KeSetSystemGroupAffinityThread(VirtualAddress affinity, VirtualAddress previousAffinity)
    {
        if (!previousAffinity.IsNull)
            Memory.Clear(previousAffinity, 16);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRevertToUserGroupAffinityThread, WDK reference", NoEffect = OneProcessor)]
    internal void KeRevertToUserGroupAffinityThread(VirtualAddress previousAffinity)
    {
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSetIdealProcessorThread: a hint to the scheduler", NoEffect = OneProcessor)]
    internal byte KeSetIdealProcessorThread(KThread thread, byte processor) => 0;

    /// <summary>The stacks of the lab are never paged out.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSetKernelStackSwapEnable: whether the stack may be paged out while waiting in user mode",
        NoEffect = "kernel stacks of the lab are always resident")]
    internal NtBoolean KeSetKernelStackSwapEnable(NtBoolean enable) => true;

    /// <summary>Ends an alertable wait of the thread, or is remembered for its next one.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeTestAlertThread: whether the thread was alerted; nobody alerts threads in the lab")]
    internal NtBoolean KeTestAlertThread(sbyte alertMode) => false;

    /// <summary>Calls a routine with at least so much stack; the call fails when the thread's own stack cannot give it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeExpandKernelStackAndCallout, WDK reference")]
    internal async GuestTask<NtStatus> KeExpandKernelStackAndCallout(VirtualAddress callout, ulong parameter, ulong size)
    {
        const ulong maximumExpansion = 0x1_2000;
        if (size > maximumExpansion)
            return NtStatus.InvalidParameter3;
        var thread = _kernel.CurrentThread;
        if (thread.HasStack(size))
        {
            await thread.Call(callout, parameter);
            return NtStatus.Success;
        }

        var (limit, stack) = _kernel.Ps.AllocateStack(maximumExpansion);
        await thread.CallOnStack(callout, stack, parameter);
        _kernel.Guest.Unmap(limit.Value, maximumExpansion);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeExpandKernelStackAndCalloutEx, WDK reference")]
    internal GuestTask<NtStatus> KeExpandKernelStackAndCalloutEx(VirtualAddress callout, ulong parameter, ulong size, NtBoolean wait, VirtualAddress context) =>
        KeExpandKernelStackAndCallout(callout, parameter, size);

    /// <summary>Runs a routine on every processor at IPI_LEVEL.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Ipi, Doc = "KeIpiGenericCall, WDK reference")]
    internal async GuestTask<ulong> KeIpiGenericCall(VirtualAddress broadcastFunction, ulong context)
    {
        var before = RaiseIrql(Irql.Ipi);
        var result = await _kernel.CurrentThread.Call(broadcastFunction, context);
        LowerIrql(before);
        return result;
    }

    /// <summary>Runs a DPC routine on every processor; the two last arguments are for the synchronisation between them.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeGenericCallDpc: a DPC on each processor, ntddk.h")]
    internal async GuestTask KeGenericCallDpc(VirtualAddress routine, ulong context)
    {
        var before = RaiseIrql(Irql.Dispatch);
        await _kernel.CallDriver(DriverCallKind.Dpc, VirtualAddress.Null, _kernel.CurrentThread, routine, 0, context, 0, 0);
        LowerIrql(before);
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeSignalCallDpcDone: the routine of KeGenericCallDpc is done, ntddk.h", NoEffect = OneProcessor)]
    internal void KeSignalCallDpcDone(ulong systemArgument1)
    {
    }

    /// <returns>TRUE for one of the processors, which is the only one.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "KeSignalCallDpcSynchronize: waits for the other processors, ntddk.h")]
    internal NtBoolean KeSignalCallDpcSynchronize(ulong systemArgument2) => true;

    /// <summary>Runs a routine at the interrupt's level, holding its spin lock.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "KeSynchronizeExecution, WDK reference")]
    internal async GuestTask<NtBoolean> KeSynchronizeExecution(KInterrupt interrupt, VirtualAddress synchronizeRoutine, ulong synchronizeContext)
    {
        var before = KeAcquireInterruptSpinLock(interrupt);
        var result = await _kernel.CurrentThread.Call(synchronizeRoutine, synchronizeContext);
        KeReleaseInterruptSpinLock(interrupt, before);
        return (byte)result != 0;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeAcquireInterruptSpinLock, WDK reference")]
    internal Irql KeAcquireInterruptSpinLock(KInterrupt interrupt) => AcquireAt(InterruptLock(interrupt), interrupt.SynchronizeIrql);

    [KernelExport("ntoskrnl.exe", Doc = "KeReleaseInterruptSpinLock, WDK reference")]
    internal void KeReleaseInterruptSpinLock(KInterrupt interrupt, Irql oldIrql) => KeReleaseSpinLock(InterruptLock(interrupt), oldIrql);

    private static VirtualAddress InterruptLock(KInterrupt interrupt) =>
        interrupt.ActualLock.IsNull ? interrupt.SpinLockAddress : interrupt.ActualLock;
}

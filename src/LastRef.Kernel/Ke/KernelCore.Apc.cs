using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Asynchronous procedure calls in kernel mode.</summary>
/// <remarks>
/// Doc: "Types of APCs", WDK: special ones (without a normal routine) run at APC_LEVEL unless the thread is in a guarded region; normal ones run
/// at PASSIVE_LEVEL unless it is in a critical region or runs one already. The prototypes are in public headers and U-6.62.
/// </remarks>
internal sealed partial class KernelCore
{
    private readonly List<(KernelThread Thread, VirtualAddress Apc)> _apcs = [];
    private readonly HashSet<KernelThread> _inNormalApc = [];

    /// <summary>Whether the running thread has an APC that it may take below APC_LEVEL.</summary>
    public bool HasDeliverableApc => _apcs.Count > 0 && _kernel.Scheduler.Current is { } thread && NextApc(thread) is not null;

    [KernelExport("ntoskrnl.exe", Spec = "U-6.62")]
    internal void KeInitializeApc(
        KApc apc, VirtualAddress thread, int environment, VirtualAddress kernelRoutine, VirtualAddress rundownRoutine,
        VirtualAddress normalRoutine, sbyte apcMode, VirtualAddress normalContext)
    {
        const int currentApcEnvironment = 2;
        apc.SetType(Memory, DispatcherType.Apc);
        apc.SetSize(Memory, (byte)KApc.SizeOf(Memory.Layout));
        apc.SetThread(Memory, new KThread(Memory, thread));
        apc.SetApcStateIndex(Memory, (sbyte)(environment == currentApcEnvironment ? 0 : environment));
        apc.SetKernelRoutine(Memory, kernelRoutine);
        apc.SetRundownRoutine(Memory, rundownRoutine);
        apc.SetNormalRoutine(Memory, normalRoutine);
        apc.SetApcMode(Memory, normalRoutine.IsNull ? (sbyte)0 : apcMode);
        apc.SetNormalContext(Memory, normalRoutine.IsNull ? VirtualAddress.Null : normalContext);
        apc.SetInserted(Memory, false);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.62", Missing = "user-mode APCs: the lab's applications run no code of their own")]
    internal NtBoolean KeInsertQueueApc(KApc apc, VirtualAddress systemArgument1, VirtualAddress systemArgument2, int increment)
    {
        if (apc.ApcMode != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "an APC for user mode");
        if (apc.Inserted || apc.Thread is not { } target || _kernel.Ps.ThreadAt(target.Address) is not { } thread)
            return false;
        apc.SetSystemArgument1(Memory, systemArgument1);
        apc.SetSystemArgument2(Memory, systemArgument2);
        apc.SetInserted(Memory, true);
        _apcs.Add((thread, apc.Address));
        RecordApc(apc, inserted: true);
        if (CanInterruptWait(thread))
            InterruptWait(thread);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRemoveQueueApc: takes an inserted APC out, public headers")]
    internal NtBoolean KeRemoveQueueApc(KApc apc)
    {
        if (!apc.Inserted)
            return false;
        EndApc(apc);
        return true;
    }

    /// <summary>Runs one APC of the running thread, if it may take one now.</summary>
    /// <returns>True when something was started.</returns>
    public bool DeliverApcs(KernelThread thread)
    {
        if (_apcs.Count == 0 || CurrentIrql >= Irql.Apc || NextApc(thread) is not { } apc)
            return false;
        _kernel.Scheduler.Detach(RunApc(thread, apc));
        return true;
    }

    /// <summary>Runs what a thread that ends still has queued and may take.</summary>
    public async GuestTask FlushApcs(KernelThread thread)
    {
        while (_apcs.Count > 0 && NextApc(thread) is { } apc)
            await RunApc(thread, apc);
    }

    /// <summary>A wait begun at APC_LEVEL or in a guarded region goes on in spite of an APC (Doc: "Waits and APCs", WDK).</summary>
    private bool CanInterruptWait(KernelThread thread) =>
        thread.State == ThreadState.Waiting && (Irql)thread.Registers.Cr8 < Irql.Apc && NextApc(thread) is not null;

    /// <summary>Ends a wait for the time of an APC and waits on afterwards (Doc: "Waits and APCs", WDK).</summary>
    private void InterruptWait(KernelThread thread)
    {
        var wait = thread.Wait!;
        _waits.Remove(wait);
        _kernel.Scheduler.Interrupt(thread, () => _kernel.Scheduler.Detach(RunApcsThenWait(thread, wait)));
    }

    private async GuestTask RunApcsThenWait(KernelThread thread, WaitBlock wait)
    {
        while (NextApc(thread) is { } apc)
            await RunApc(thread, apc);
        if (TrySatisfy(thread, wait.Objects, wait.WaitAll, wait.Objects.Length == 0) is { } status)
            wait.Result.SetResult(status);
        else if (wait.DueTime100ns <= InterruptTime100ns)
            wait.Result.SetResult(NtStatus.Timeout);
        else
        {
            _waits.Add(wait);
            _kernel.Scheduler.BlockCurrent(wait);
        }
    }

    private VirtualAddress? NextApc(KernelThread thread)
    {
        var view = ThreadView(thread);
        if (view.SpecialApcDisable != 0)
            return null;
        foreach (var (target, apc) in _apcs)
        {
            if (target != thread)
                continue;
            if (new KApc(Memory, apc).NormalRoutine.IsNull || (view.KernelApcDisable == 0 && !_inNormalApc.Contains(thread)))
                return apc;
        }

        return null;
    }

    /// <summary>KernelRoutine(Apc, NormalRoutine*, NormalContext*, SystemArgument1*, SystemArgument2*), then NormalRoutine(context, 1, 2).</summary>
    private async GuestTask RunApc(KernelThread thread, VirtualAddress address)
    {
        var apc = new KApc(Memory, address);
        var block = _kernel.Ex.NonPagedPool.Allocate(32, PoolTags.Object, null);
        Memory.WritePointer(block, apc.NormalRoutine);
        Memory.WritePointer(block + 8, apc.NormalContext);
        Memory.WritePointer(block + 16, apc.SystemArgument1);
        Memory.WritePointer(block + 24, apc.SystemArgument2);
        var kernelRoutine = apc.KernelRoutine;
        EndApc(apc);

        // The kernel routine may free the APC.
        CurrentIrql = Irql.Apc;
        ulong[] pointers = [address.Value, block.Value, (block + 8).Value, (block + 16).Value, (block + 24).Value];
        if (ImageLoader.ThunkOf(kernelRoutine) is not null)
            await thread.Call(kernelRoutine, pointers);
        else
            await _kernel.CallDriver(DriverCallKind.Other, VirtualAddress.Null, thread, kernelRoutine, pointers);
        CurrentIrql = Irql.Passive;
        var routine = Memory.ReadPointer(block);
        ulong[] arguments = [Memory.ReadUInt64(block + 8), Memory.ReadUInt64(block + 16), Memory.ReadUInt64(block + 24)];
        _kernel.Ex.NonPagedPool.Free(block);
        if (routine.IsNull)
            return;
        _inNormalApc.Add(thread);
        await _kernel.CallDriver(DriverCallKind.Other, VirtualAddress.Null, thread, routine, arguments);
        _inNormalApc.Remove(thread);
    }

    private void EndApc(KApc apc)
    {
        _apcs.RemoveAll(a => a.Apc == apc.Address);
        apc.SetInserted(Memory, false);
        RecordApc(apc, inserted: false);
    }

    /// <summary>The kernel's own APCs are no story of a driver; the routine of a driver that one of them brings is.</summary>
    private void RecordApc(KApc apc, bool inserted)
    {
        var routine = ImageLoader.ThunkOf(apc.KernelRoutine) is null ? apc.KernelRoutine : apc.NormalRoutine;
        if (!routine.IsNull)
            _kernel.Record(new RegistrationRecord(RegistrationKind.Apc, inserted, apc.Address, routine, VirtualAddress.Null));
    }
}

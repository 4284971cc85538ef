using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Cancelling requests (Doc: "Canceling IRPs", WDK).</summary>
internal sealed partial class IoManager
{
    private VirtualAddress _cancelSpinLock;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoAcquireCancelSpinLock, WDK reference")]
    internal void IoAcquireCancelSpinLock(Out<Irql> irql) => irql.Set(Memory, _kernel.Ke.KeAcquireSpinLockRaiseToDpc(CancelSpinLock));

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoReleaseCancelSpinLock, WDK reference")]
    internal void IoReleaseCancelSpinLock(Irql irql) => _kernel.Ke.KeReleaseSpinLock(CancelSpinLock, irql);

    /// <summary>Marks a request as cancelled and calls its cancel routine if it has one.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoCancelIrp, WDK reference; bug check 0x48")]
    internal async GuestTask<NtBoolean> IoCancelIrp(Irp irp) => await CancelIrp(irp);

    /// <summary>Cancels what a thread of a client has sent and not got back; a thread that ends does this (U-6.63).</summary>
    /// <returns>Requests that had a cancel routine.</returns>
    public async GuestTask<int> CancelThreadRequests(KernelThread thread)
    {
        var cancelled = 0;
        foreach (var irp in ThreadRequests(thread))
        {
            if (irp.Type == IrpType && await CancelIrp(irp))
                cancelled++;
        }

        return cancelled;
    }

    /// <summary>Cancels the asynchronous requests of a process that ends, through each of its open files.</summary>
    /// <returns>Requests that had a cancel routine.</returns>
    public async GuestTask<int> CancelProcessRequests(VirtualAddress process)
    {
        var cancelled = 0;
        foreach (var open in _kernel.Ob.HandlesOf(process).Where(h => _kernel.Ob.KindOf(h.Body) == ObjectKind.File).ToArray())
        {
            foreach (var irp in RequestsIn(new FileObject(Memory, open.Body).IrpList))
            {
                if (irp.Type == IrpType && await CancelIrp(irp))
                    cancelled++;
            }
        }

        return cancelled;
    }

    /// <summary>Synchronous requests of a thread that are not complete, oldest first.</summary>
    public IReadOnlyList<Irp> ThreadRequests(KernelThread thread) => RequestsIn(new EThread(Memory, thread.Address).IrpList);

    /// <summary>Requests that a thread leaves behind when it ends are in no list any more; their completion still frees them.</summary>
    public void DisownRequests(KernelThread thread)
    {
        foreach (var irp in ThreadRequests(thread))
        {
            _kernel.Ke.RemoveEntry(irp.ThreadListEntry.Address);
            _kernel.Ke.InitializeList(irp.ThreadListEntry.Address);
        }
    }

    private static IReadOnlyList<Irp> RequestsIn(ListEntry head)
    {
        if (head.Flink.IsNull)
            return [];
        var offset = (int)(new Irp(head.Target, VirtualAddress.Null).ThreadListEntryAddress - VirtualAddress.Null);
        return Walker.List<Irp>(head, offset, ClientsLimit).Items;
    }

    /// <returns>True when a cancel routine was called.</returns>
    public async GuestTask<bool> CancelIrp(Irp irp)
    {
        if (irp.Type != IrpType)
            throw MachineStopException.BugCheck(0x48, "IoCancelIrp of something that is no IRP, or no longer one", irp.Address.Value);
        var before = _kernel.Ke.KeAcquireSpinLockRaiseToDpc(CancelSpinLock);
        irp.SetCancel(Memory, true);
        var routine = irp.CancelRoutine;
        irp.SetCancelRoutine(Memory, VirtualAddress.Null);
        RecordCancel(irp);
        if (routine.IsNull)
        {
            _kernel.Ke.KeReleaseSpinLock(CancelSpinLock, before);
            return false;
        }

        if (irp.CurrentLocation > irp.StackCount + 1)
            throw MachineStopException.BugCheck(0x48, "a completed IRP has a cancel routine", irp.Address.Value, routine.Value);
        irp.SetCancelIrql(Memory, before);
        var device = CurrentLocation(irp).DeviceObject;

        // The routine releases the lock and lowers IRQL to IRP.CancelIrql.
        await _kernel.CallDriver(
            DriverCallKind.Cancel, device?.DriverObject?.Address ?? VirtualAddress.Null, _kernel.CurrentThread, routine,
            device?.Address.Value ?? 0, irp.Address.Value);
        if (Memory.ReadUInt64(CancelSpinLock) != 0)
            throw MachineStopException.Deadlock(CancelSpinLock, "a cancel routine returned without releasing the cancel spin lock");
        return true;
    }

    private VirtualAddress CancelSpinLock
    {
        get
        {
            if (_cancelSpinLock.IsNull)
                _cancelSpinLock = _kernel.Ex.NonPagedPool.Allocate(8, PoolTags.Io, null);
            return _cancelSpinLock;
        }
    }

    private void RecordCancel(Irp irp)
    {
        // A packet that was never sent has no location yet.
        var isSent = irp.CurrentLocation <= irp.StackCount;
        if (isSent)
            RecordIrp(IrpStep.Cancelled, irp, CurrentLocation(irp), irp.IoStatus.Status);
        else
        {
            _kernel.Record(new IrpRecord(
                IrpStep.Cancelled, irp.Address, 0, 0, VirtualAddress.Null, VirtualAddress.Null, VirtualAddress.Null, irp.IoStatus.Status));
        }
    }
}

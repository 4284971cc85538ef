using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Spin locks on the only processor: a lock that is held when it is asked for can never be released.</summary>
/// <remarks>Decision 3 of docs/architecture.md: acquiring a held lock is a proven deadlock. Doc: "Introduction to Spin Locks", WDK.</remarks>
internal sealed partial class KernelCore
{
    /// <summary>KLOCK_QUEUE_HANDLE: LockQueue.Next 0, LockQueue.Lock 8, OldIrql 10h (wdm.h).</summary>
    private const int QueueHandleLock = 8;

    private const int QueueHandleOldIrql = 0x10;

    /// <summary>SYNCH_LEVEL of x64 kernels (wdm.h: IPI_LEVEL - 2 on multiprocessor systems).</summary>
    private const Irql SynchLevel = (Irql)12;

    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeSpinLock, WDK reference")]
    internal void KeInitializeSpinLock(VirtualAddress spinLock) => Memory.WriteUInt64(spinLock, 0);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeAcquireSpinLock, WDK reference")]
    internal Irql KeAcquireSpinLockRaiseToDpc(VirtualAddress spinLock) => AcquireAt(spinLock, Irql.Dispatch);

    [KernelExport("ntoskrnl.exe", Doc = "KeAcquireSpinLockRaiseToSynch: as RaiseToDpc, to SYNCH_LEVEL")]
    internal Irql KeAcquireSpinLockRaiseToSynch(VirtualAddress spinLock) => AcquireAt(spinLock, SynchLevel);

    [KernelExport("ntoskrnl.exe", Doc = "KeReleaseSpinLock, WDK reference")]
    internal void KeReleaseSpinLock(VirtualAddress spinLock, Irql newIrql)
    {
        Release(spinLock);
        LowerIrql(newIrql);
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeAcquireSpinLockAtDpcLevel, WDK reference")]
    internal void KeAcquireSpinLockAtDpcLevel(VirtualAddress spinLock) => Acquire(spinLock, 1);

    [KernelExport("ntoskrnl.exe", Doc = "KeReleaseSpinLockFromDpcLevel, WDK reference")]
    internal void KeReleaseSpinLockFromDpcLevel(VirtualAddress spinLock) => Release(spinLock);

    [KernelExport("ntoskrnl.exe", Doc = "KeAcquireSpinLockForDpc, WDK reference")]
    internal Irql KeAcquireSpinLockForDpc(VirtualAddress spinLock) => AcquireAt(spinLock, (Irql)Math.Max((int)CurrentIrql, (int)Irql.Dispatch));

    [KernelExport("ntoskrnl.exe", Doc = "KeReleaseSpinLockForDpc, WDK reference")]
    internal void KeReleaseSpinLockForDpc(VirtualAddress spinLock, Irql oldIrql) => KeReleaseSpinLock(spinLock, oldIrql);

    [KernelExport("ntoskrnl.exe", Doc = "KeTryToAcquireSpinLockAtDpcLevel, WDK reference")]
    internal NtBoolean KeTryToAcquireSpinLockAtDpcLevel(VirtualAddress spinLock)
    {
        if (Memory.ReadUInt64(spinLock) != 0)
            return false;
        Memory.WriteUInt64(spinLock, 1);
        return true;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeTestSpinLock, WDK reference")]
    internal NtBoolean KeTestSpinLock(VirtualAddress spinLock) => Memory.ReadUInt64(spinLock) == 0;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeAcquireInStackQueuedSpinLock, WDK reference")]
    internal void KeAcquireInStackQueuedSpinLock(VirtualAddress spinLock, VirtualAddress lockHandle) =>
        AcquireQueued(spinLock, lockHandle, Irql.Dispatch);

    [KernelExport("ntoskrnl.exe", Doc = "KeAcquireInStackQueuedSpinLockRaiseToSynch: as the routine without the suffix, to SYNCH_LEVEL")]
    internal void KeAcquireInStackQueuedSpinLockRaiseToSynch(VirtualAddress spinLock, VirtualAddress lockHandle) =>
        AcquireQueued(spinLock, lockHandle, SynchLevel);

    [KernelExport("ntoskrnl.exe", Doc = "KeAcquireInStackQueuedSpinLockForDpc, WDK reference")]
    internal void KeAcquireInStackQueuedSpinLockForDpc(VirtualAddress spinLock, VirtualAddress lockHandle) =>
        AcquireQueued(spinLock, lockHandle, (Irql)Math.Max((int)CurrentIrql, (int)Irql.Dispatch));

    [KernelExport("ntoskrnl.exe", Doc = "KeAcquireInStackQueuedSpinLockAtDpcLevel, WDK reference")]
    internal void KeAcquireInStackQueuedSpinLockAtDpcLevel(VirtualAddress spinLock, VirtualAddress lockHandle) =>
        AcquireQueued(spinLock, lockHandle, CurrentIrql);

    [KernelExport("ntoskrnl.exe", Doc = "KeReleaseInStackQueuedSpinLock, WDK reference")]
    internal void KeReleaseInStackQueuedSpinLock(VirtualAddress lockHandle)
    {
        ReleaseQueued(lockHandle);
        LowerIrql((Irql)Memory.ReadByte(lockHandle + QueueHandleOldIrql));
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeReleaseInStackQueuedSpinLockForDpc, WDK reference")]
    internal void KeReleaseInStackQueuedSpinLockForDpc(VirtualAddress lockHandle) => KeReleaseInStackQueuedSpinLock(lockHandle);

    [KernelExport("ntoskrnl.exe", Doc = "KeReleaseInStackQueuedSpinLockFromDpcLevel, WDK reference")]
    internal void KeReleaseInStackQueuedSpinLockFromDpcLevel(VirtualAddress lockHandle) => ReleaseQueued(lockHandle);

    /// <summary>Raises IRQL; lowering with it is bug check 0x9.</summary>
    public Irql RaiseIrql(Irql irql)
    {
        var before = CurrentIrql;
        if (irql < before)
            throw MachineStopException.BugCheck(0x9, $"IRQL was raised from {(int)before} to {(int)irql}", (ulong)irql, (ulong)before);
        CurrentIrql = irql;
        return before;
    }

    /// <summary>Lowers IRQL; what waits for the lower level runs when the routine that asked returns.</summary>
    public void LowerIrql(Irql irql)
    {
        if (irql > CurrentIrql)
            throw MachineStopException.BugCheck(0xA, $"IRQL was lowered from {(int)CurrentIrql} to {(int)irql}", 0, (ulong)irql, 0, _kernel.Processor.Registers.Rip);
        CurrentIrql = irql;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeRaiseIrql, WDK reference; Bug Check 0x9")]
    internal Irql KfRaiseIrql(Irql newIrql) => RaiseIrql(newIrql);

    [KernelExport("ntoskrnl.exe", Doc = "KeRaiseIrqlToDpcLevel, WDK reference")]
    internal Irql KeRaiseIrqlToDpcLevel() => RaiseIrql(Irql.Dispatch);

    [KernelExport("ntoskrnl.exe", Doc = "KeRaiseIrqlToSynchLevel, WDK reference")]
    internal Irql KeRaiseIrqlToSynchLevel() => RaiseIrql(SynchLevel);

    [KernelExport("ntoskrnl.exe", Doc = "KeLowerIrql, WDK reference")]
    internal void KeLowerIrql(Irql newIrql) => LowerIrql(newIrql);

    [KernelExport("ntoskrnl.exe", Doc = "KeLowerIrql, WDK reference: the name behind the macro in older headers")]
    internal void KfLowerIrql(Irql newIrql) => LowerIrql(newIrql);

    [KernelExport("ntoskrnl.exe", Doc = "KeGetCurrentIrql, WDK reference")]
    internal Irql KeGetCurrentIrql() => CurrentIrql;

    private Irql AcquireAt(VirtualAddress spinLock, Irql irql)
    {
        var before = RaiseIrql(irql);
        Acquire(spinLock, 1);
        return before;
    }

    private void Acquire(VirtualAddress spinLock, ulong value)
    {
        if (Memory.ReadUInt64(spinLock) != 0)
        {
            throw MachineStopException.Deadlock(
                spinLock, $"the spin lock at {spinLock} is held when it is asked for; nothing else can run at IRQL {(int)CurrentIrql} on this processor");
        }

        Memory.WriteUInt64(spinLock, value);
    }

    private void Release(VirtualAddress spinLock)
    {
        // Doc: "Bug Check 0x10: SPIN_LOCK_NOT_OWNED".
        if (Memory.ReadUInt64(spinLock) == 0)
            throw MachineStopException.BugCheck(0x10, $"the spin lock at {spinLock} was released and is not held", spinLock.Value);
        Memory.WriteUInt64(spinLock, 0);
    }

    private void AcquireQueued(VirtualAddress spinLock, VirtualAddress handle, Irql irql)
    {
        var before = RaiseIrql(irql);
        Memory.WriteUInt64(handle, 0);
        Memory.WritePointer(handle + QueueHandleLock, spinLock);
        Memory.WriteByte(handle + QueueHandleOldIrql, (byte)before);
        Acquire(spinLock, handle.Value);
    }

    private void ReleaseQueued(VirtualAddress handle) => Release(Memory.ReadPointer(handle + QueueHandleLock));
}

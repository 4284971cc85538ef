using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Fast mutexes and guarded mutexes, which have one layout.</summary>
/// <remarks>Doc: "Fast Mutexes and Guarded Mutexes", WDK. Drivers initialise fast mutexes inline (driver-binaries section 4).</remarks>
internal sealed partial class Executive
{
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExAcquireFastMutex, WDK reference")]
    internal async GuestTask ExAcquireFastMutex(FastMutex fastMutex)
    {
        var before = _kernel.Ke.RaiseIrql(Irql.Apc);
        await AcquireMutex(fastMutex);
        fastMutex.SetOldIrql(Memory, (uint)before);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExReleaseFastMutex, WDK reference")]
    internal void ExReleaseFastMutex(FastMutex fastMutex)
    {
        var before = (Irql)fastMutex.OldIrql;
        ReleaseMutex(fastMutex);
        _kernel.Ke.LowerIrql(before);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExTryToAcquireFastMutex, WDK reference")]
    internal NtBoolean ExTryToAcquireFastMutex(FastMutex fastMutex)
    {
        if (fastMutex.Count != 1)
            return false;
        var before = _kernel.Ke.RaiseIrql(Irql.Apc);
        TakeMutex(fastMutex);
        fastMutex.SetOldIrql(Memory, (uint)before);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExAcquireFastMutexUnsafe, WDK reference")]
    internal GuestTask ExAcquireFastMutexUnsafe(FastMutex fastMutex) => AcquireMutex(fastMutex);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExReleaseFastMutexUnsafe, WDK reference")]
    internal void ExReleaseFastMutexUnsafe(FastMutex fastMutex) => ReleaseMutex(fastMutex);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExEnterCriticalRegionAndAcquireFastMutexUnsafe: the two calls in its name")]
    internal GuestTask ExEnterCriticalRegionAndAcquireFastMutexUnsafe(FastMutex fastMutex)
    {
        _kernel.Ke.KeEnterCriticalRegion();
        return AcquireMutex(fastMutex);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExReleaseFastMutexUnsafeAndLeaveCriticalRegion: the two calls in its name")]
    internal void ExReleaseFastMutexUnsafeAndLeaveCriticalRegion(FastMutex fastMutex)
    {
        ReleaseMutex(fastMutex);
        _kernel.Ke.KeLeaveCriticalRegion();
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeGuardedMutex, WDK reference")]
    internal void KeInitializeGuardedMutex(FastMutex mutex)
    {
        mutex.SetCount(Memory, 1);
        mutex.SetOwner(Memory, VirtualAddress.Null);
        mutex.SetContention(Memory, 0);
        _kernel.Ke.InitializeEvent(mutex.Event.Address, synchronization: true, signalled: false);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeAcquireGuardedMutex, WDK reference")]
    internal GuestTask KeAcquireGuardedMutex(FastMutex mutex)
    {
        _kernel.Ke.KeEnterGuardedRegion();
        return AcquireMutex(mutex);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeReleaseGuardedMutex, WDK reference")]
    internal void KeReleaseGuardedMutex(FastMutex mutex)
    {
        ReleaseMutex(mutex);
        _kernel.Ke.KeLeaveGuardedRegion();
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeTryToAcquireGuardedMutex, WDK reference")]
    internal NtBoolean KeTryToAcquireGuardedMutex(FastMutex mutex)
    {
        if (mutex.Count != 1)
            return false;
        _kernel.Ke.KeEnterGuardedRegion();
        TakeMutex(mutex);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeAcquireGuardedMutexUnsafe, WDK reference")]
    internal GuestTask KeAcquireGuardedMutexUnsafe(FastMutex mutex) => AcquireMutex(mutex);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeReleaseGuardedMutexUnsafe, WDK reference")]
    internal void KeReleaseGuardedMutexUnsafe(FastMutex mutex) => ReleaseMutex(mutex);

    /// <summary>Count is 1 when free, and lower by one for the owner and for each who waits.</summary>
    private async GuestTask AcquireMutex(FastMutex mutex)
    {
        if (mutex.Count == 1)
        {
            TakeMutex(mutex);
            return;
        }

        mutex.SetCount(Memory, mutex.Count - 1);
        mutex.SetContention(Memory, mutex.Contention + 1);
        await _kernel.Ke.WaitFor(WaitSubject.FastMutex, mutex.Address, mutex.Event.Address);
        mutex.SetOwner(Memory, _kernel.CurrentThread.Address);
    }

    private void TakeMutex(FastMutex mutex)
    {
        mutex.SetCount(Memory, 0);
        mutex.SetOwner(Memory, _kernel.CurrentThread.Address);
    }

    private void ReleaseMutex(FastMutex mutex)
    {
        mutex.SetOwner(Memory, VirtualAddress.Null);
        var count = mutex.Count + 1;
        mutex.SetCount(Memory, count);
        if (count <= 0)
            _kernel.Ke.Signal(mutex.Event.Address, 1);
    }
}

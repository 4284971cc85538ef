using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Rundown protection: a counter of users that one waits for before tearing down.</summary>
/// <remarks>Doc: "Run-Down Protection", WDK. The word is twice the count; bit 0 says that rundown has begun.</remarks>
internal sealed partial class Executive
{
    private const ulong RundownActive = 1;
    private readonly Dictionary<VirtualAddress, (ulong Count, VirtualAddress Event)> _rundowns = [];

    [KernelExport("ntoskrnl.exe", Spec = "U-6.67")]
    internal void ExInitializeRundownProtection(ExRundownRef runRef) => runRef.SetCount(Memory, 0);

    [KernelExport("ntoskrnl.exe", Doc = "ExReInitializeRundownProtection, WDK reference")]
    internal void ExReInitializeRundownProtection(ExRundownRef runRef) => runRef.SetCount(Memory, 0);

    [KernelExport("ntoskrnl.exe", Doc = "ExRundownCompleted, WDK reference")]
    internal void ExRundownCompleted(ExRundownRef runRef) => runRef.SetCount(Memory, RundownActive);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.67")]
    internal NtBoolean ExAcquireRundownProtection(ExRundownRef runRef) => ExAcquireRundownProtectionEx(runRef, 1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExAcquireRundownProtectionEx, WDK reference")]
    internal NtBoolean ExAcquireRundownProtectionEx(ExRundownRef runRef, uint count)
    {
        var value = runRef.Count;
        if ((value & RundownActive) != 0)
            return false;
        runRef.SetCount(Memory, value + (2UL * count));
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.67")]
    internal void ExReleaseRundownProtection(ExRundownRef runRef) => ExReleaseRundownProtectionEx(runRef, 1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExReleaseRundownProtectionEx, WDK reference")]
    internal void ExReleaseRundownProtectionEx(ExRundownRef runRef, uint count)
    {
        if (_rundowns.TryGetValue(runRef.Address, out var waiting))
        {
            _rundowns[runRef.Address] = (waiting.Count - count, waiting.Event);
            if (waiting.Count == count)
                _kernel.Ke.Signal(waiting.Event, 1);
            return;
        }

        // The count has no floor: one release too many leaves a count that no release brings to zero, and who waits for that waits for
        // ever. Field report: the word was below zero in the debugger, and no bug check came (docs/real-cases.md, RC-07).
        var value = runRef.Count;
        if ((value & RundownActive) != 0)
            throw Unbalanced(runRef);
        runRef.SetCount(Memory, unchecked(value - (2UL * count)));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.67")]
    internal async GuestTask ExWaitForRundownProtectionRelease(ExRundownRef runRef)
    {
        var value = runRef.Count;
        if ((value & RundownActive) != 0 && !_rundowns.ContainsKey(runRef.Address))
            return;
        if (value == 0)
        {
            runRef.SetCount(Memory, RundownActive);
            return;
        }

        var done = _kernel.Ke.CreateEvent(synchronization: false);
        _rundowns.Add(runRef.Address, (value / 2, done));
        runRef.SetCount(Memory, done.Value | RundownActive);
        await _kernel.Ke.WaitFor(WaitSubject.Rundown, runRef.Address, done);
        _rundowns.Remove(runRef.Address);
        _kernel.Ke.DeleteEvent(done);
        runRef.SetCount(Memory, RundownActive);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExAllocateCacheAwareRundownProtection, WDK reference")]
    internal VirtualAddress ExAllocateCacheAwareRundownProtection(PoolType poolType, uint poolTag) => Allocate((int)poolType, 0x40, poolTag);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExFreeCacheAwareRundownProtection, WDK reference")]
    internal void ExFreeCacheAwareRundownProtection(VirtualAddress runRefCacheAware) => FreeForDriver(runRefCacheAware, 0);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExAcquireRundownProtectionCacheAware, WDK reference")]
    internal NtBoolean ExAcquireRundownProtectionCacheAware(ExRundownRef runRefCacheAware) => ExAcquireRundownProtectionEx(runRefCacheAware, 1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExReleaseRundownProtectionCacheAware, WDK reference")]
    internal void ExReleaseRundownProtectionCacheAware(ExRundownRef runRefCacheAware) => ExReleaseRundownProtectionEx(runRefCacheAware, 1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ExWaitForRundownProtectionReleaseCacheAware, WDK reference")]
    internal GuestTask ExWaitForRundownProtectionReleaseCacheAware(ExRundownRef runRefCacheAware) => ExWaitForRundownProtectionRelease(runRefCacheAware);

    private static MachineStopException Unbalanced(ExRundownRef runRef) =>
        MachineStopException.BugCheck(0x139, $"rundown protection at {runRef.Address} was released more often than acquired", 0xE);
}

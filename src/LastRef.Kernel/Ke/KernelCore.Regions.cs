using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Critical and guarded regions: the times at which a thread takes no APC.</summary>
/// <remarks>Doc: "Critical Regions and Guarded Regions", WDK. The counts are negative in KTHREAD, as in Windows.</remarks>
internal sealed partial class KernelCore
{
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeEnterCriticalRegion, WDK reference")]
    internal void KeEnterCriticalRegion() => ChangeApcDisable(_kernel.CurrentThread, -1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeLeaveCriticalRegion, WDK reference")]
    internal void KeLeaveCriticalRegion() => ChangeApcDisable(_kernel.CurrentThread, +1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlEnterFileSystem: a critical region, WDK reference", Name = "FsRtlEnterFileSystem")]
    internal void FsRtlEnterFileSystem() => ChangeApcDisable(_kernel.CurrentThread, -1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlExitFileSystem, WDK reference")]
    internal void FsRtlExitFileSystem() => ChangeApcDisable(_kernel.CurrentThread, +1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeEnterGuardedRegion, WDK reference")]
    internal void KeEnterGuardedRegion() => ChangeSpecialApcDisable(_kernel.CurrentThread, -1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeLeaveGuardedRegion, WDK reference")]
    internal void KeLeaveGuardedRegion() => ChangeSpecialApcDisable(_kernel.CurrentThread, +1);

    [KernelExport("ntoskrnl.exe", Doc = "KeAreApcsDisabled, WDK reference: TRUE inside a critical or guarded region")]
    internal NtBoolean KeAreApcsDisabled() => ThreadView(_kernel.CurrentThread).CombinedApcDisable != 0;

    [KernelExport("ntoskrnl.exe", Doc = "KeAreAllApcsDisabled, WDK reference: TRUE inside a guarded region and at APC_LEVEL")]
    internal NtBoolean KeAreAllApcsDisabled() => ThreadView(_kernel.CurrentThread).SpecialApcDisable != 0 || CurrentIrql >= Irql.Apc;

    /// <summary>Moves KernelApcDisable; back at zero, waiting APCs run when the routine that asked returns.</summary>
    public void ChangeApcDisable(KernelThread thread, int change)
    {
        var view = ThreadView(thread);
        view.SetKernelApcDisable(Memory, CheckedRegion(thread, view.KernelApcDisable + change));
    }

    public void ChangeSpecialApcDisable(KernelThread thread, int change)
    {
        var view = ThreadView(thread);
        view.SetSpecialApcDisable(Memory, CheckedRegion(thread, view.SpecialApcDisable + change));
    }

    private KThread ThreadView(KernelThread thread) => new(Memory, thread.Address);

    /// <summary>More leaving than entering is what bug check 0x1 reports at the end of a system call; here it stops at once.</summary>
    private static short CheckedRegion(KernelThread thread, int value) =>
        value <= 0
            ? (short)value
            : throw MachineStopException.BugCheck(0x1, "a thread left more critical or guarded regions than it entered", thread.StartAddress.Value, 0, (ulong)value);
}

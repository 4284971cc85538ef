using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Timers of drivers.</summary>
/// <remarks>A set timer takes no reference on anything (U-6.55); the trace records it as registered until it has expired for the last time.</remarks>
internal sealed partial class KernelCore
{
    private const int TimerBytes = 0x40;

    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeTimer, WDK reference")]
    internal void KeInitializeTimer(VirtualAddress timer) => KeInitializeTimerEx(timer, 0);

    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeTimerEx, WDK reference")]
    internal void KeInitializeTimerEx(VirtualAddress timer, int type)
    {
        InitializeHeader(timer, type == 1 ? DispatcherType.TimerSynchronization : DispatcherType.TimerNotification, TimerBytes, 0);
        var view = new KTimer(Memory, timer);
        view.SetDueTime(Memory, 0);
        view.SetDpc(Memory, VirtualAddress.Null);
        view.SetPeriod(Memory, 0);
        EndTimerRegistration(timer);
        Disarm(timer);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.55")]
    internal NtBoolean KeSetTimer(VirtualAddress timer, long dueTime, VirtualAddress dpc) => SetTimer(timer, dueTime, 0, dpc);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.55")]
    internal NtBoolean KeSetTimerEx(VirtualAddress timer, long dueTime, uint period, VirtualAddress dpc) => SetTimer(timer, dueTime, period, dpc);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.55")]
    internal NtBoolean KeSetCoalescableTimer(VirtualAddress timer, long dueTime, uint period, uint tolerableDelay, VirtualAddress dpc) =>
        SetTimer(timer, dueTime, period, dpc);

    /// <summary>Takes a timer out of the queue; a DPC that it has queued already still runs (L-11).</summary>
    /// <returns>TRUE if it was set.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.55")]
    internal NtBoolean KeCancelTimer(VirtualAddress timer)
    {
        // A read first: a timer in memory that is gone faults here as it would on Windows.
        _ = new KTimer(Memory, timer).Period;
        EndTimerRegistration(timer);
        return Disarm(timer);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeReadStateTimer, WDK reference")]
    internal NtBoolean KeReadStateTimer(DispatcherHeader timer) => timer.SignalState != 0;

    /// <summary>Sets a timer, anew if it is set.</summary>
    /// <param name="period">Milliseconds; 0 for once.</param>
    /// <returns>True if it was set before.</returns>
    public bool SetTimer(VirtualAddress address, long dueTime100ns, uint period, VirtualAddress dpc, bool record = true)
    {
        var timer = new KTimer(Memory, address);
        if (timer.Header.Type is not (DispatcherType.TimerNotification or DispatcherType.TimerSynchronization))
        {
            // Doc: "Bug Check 0xC7: TIMER_OR_DPC_INVALID" is raised for timers in memory that holds none.
            throw MachineStopException.BugCheck(0xC7, $"a timer at {address} was set that was never initialised", 0, address.Value);
        }

        var was = IsArmed(address);
        timer.Header.SetSignalState(Memory, 0);
        timer.SetPeriod(Memory, period);
        timer.SetDpc(Memory, dpc);
        var due = ToDueTime(dueTime100ns);
        timer.SetDueTime(Memory, (ulong)due);
        if (!was && record)
            BeginTimerRegistration(address, dpc);
        Arm(address, due);
        if (due <= InterruptTime100ns)
            ExpireTimers();
        return was;
    }

    private readonly Dictionary<VirtualAddress, VirtualAddress> _timerRoutines = [];

    private void BeginTimerRegistration(VirtualAddress timer, VirtualAddress dpc)
    {
        EndTimerRegistration(timer);
        var routine = dpc.IsNull ? VirtualAddress.Null : new KDpc(Memory, dpc).DeferredRoutine;
        _timerRoutines.Add(timer, routine);
        _kernel.Record(new RegistrationRecord(RegistrationKind.Timer, true, timer, routine, VirtualAddress.Null));
    }

    private void EndTimerRegistration(VirtualAddress timer)
    {
        if (_timerRoutines.Remove(timer, out var routine))
            _kernel.Record(new RegistrationRecord(RegistrationKind.Timer, false, timer, routine, VirtualAddress.Null));
    }

    /// <summary>Memory that held a set timer or a queued DPC is freed: Driver Verifier stops here (U-3.86, T-58; Doc: "Bug Check 0xC7").</summary>
    /// <param name="what">What the memory is: pool, or an image that leaves.</param>
    public void CheckFreedMemory(VirtualAddress start, ulong byteCount, string what = "pool")
    {
        _kernel.Ex.CheckFreedResources(start, byteCount, what);
        _kernel.Io.ForgetRemoveLocks(start, byteCount);
        if (!_kernel.Options.Verifier || (_armed.Count == 0 && _dpcs.Count == 0))
            return;
        foreach (var (_, _, timer) in _timers)
        {
            if (timer - start < byteCount)
                throw FreedWhileActive(0, $"{what} was freed in which the timer at {timer} is set", timer, start, byteCount);
        }

        foreach (var dpc in _dpcs)
        {
            if (dpc - start < byteCount)
                throw FreedWhileActive(1, $"{what} was freed in which the DPC at {dpc} is queued", dpc, start, byteCount);
        }
    }

    private static MachineStopException FreedWhileActive(
        ulong kind, string what, VirtualAddress item, VirtualAddress start, ulong byteCount) =>
        MachineStopException.BugCheck(0xC7, what, kind, item.Value, start.Value, (start + byteCount).Value);
}

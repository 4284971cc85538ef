using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Timers that the executive allocates and that call a driver's callback at DISPATCH_LEVEL.</summary>
/// <remarks>Spec: U-6.56. Doc: "ExXxxTimer Routines and EX_TIMER Objects", WDK. The object is opaque: ours is a KTIMER, its KDPC, and what to call.</remarks>
internal sealed partial class Executive
{
    private const int TimerDpc = 0x40;
    private const int TimerCallback = 0x80;
    private const int TimerContext = 0x88;
    private const int TimerObjectBytes = 0x90;
    private const uint NotificationTimer = 0x8000_0000;
    private VirtualAddress _timerDpcRoutine;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.56")]
    internal VirtualAddress ExAllocateTimer(VirtualAddress callback, VirtualAddress callbackContext, uint attributes)
    {
        if (_timerDpcRoutine.IsNull)
            _timerDpcRoutine = _kernel.Internal.Define(RunTimerCallback);
        var timer = NonPagedPool.Allocate(TimerObjectBytes, PoolTags.Of("ExTm"), null);
        _kernel.Ke.KeInitializeTimerEx(timer, (attributes & NotificationTimer) != 0 ? 0 : 1);
        _kernel.Ke.KeInitializeDpc(timer + TimerDpc, _timerDpcRoutine, timer);
        Memory.WritePointer(timer + TimerCallback, callback);
        Memory.WritePointer(timer + TimerContext, callbackContext);
        _kernel.Record(new RegistrationRecord(RegistrationKind.ExTimer, true, timer, callback, VirtualAddress.Null));
        return timer;
    }

    /// <param name="period">In 100 ns; 0 for once.</param>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.56", Missing = "periods of less than a millisecond")]
    internal NtBoolean ExSetTimer(VirtualAddress timer, long dueTime, long period, VirtualAddress parameters)
    {
        if (period % 10_000 != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ExSetTimer with a period that is not a number of milliseconds");
        var hasCallback = !Memory.ReadPointer(timer + TimerCallback).IsNull;
        return _kernel.Ke.SetTimer(timer, dueTime, (uint)(period / 10_000), hasCallback ? timer + TimerDpc : VirtualAddress.Null, record: false);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.56")]
    internal NtBoolean ExCancelTimer(VirtualAddress timer, VirtualAddress parameters) => _kernel.Ke.KeCancelTimer(timer);

    /// <summary>EXT_DELETE_PARAMETERS: Version 0, Reserved 4, DeleteCallback 8, DeleteContext 10h.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.56")]
    internal async GuestTask<NtBoolean> ExDeleteTimer(VirtualAddress timer, NtBoolean cancel, NtBoolean wait, VirtualAddress parameters)
    {
        var wasSet = _kernel.Ke.IsArmed(timer);
        if (!cancel && wasSet)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ExDeleteTimer of a set timer without cancelling it");
        _kernel.Ke.KeCancelTimer(timer);
        var dpcQueued = _kernel.Ke.QueuedDpcs.Contains(timer + TimerDpc);
        if (wait)
            await _kernel.Ke.FlushDpcs();
        else if (dpcQueued)
            _kernel.Ke.RemoveDpc(timer + TimerDpc);
        _kernel.Record(new RegistrationRecord(RegistrationKind.ExTimer, false, timer, Memory.ReadPointer(timer + TimerCallback), VirtualAddress.Null));
        NonPagedPool.Free(timer);
        if (!parameters.IsNull && Memory.ReadPointer(parameters + 8) is { IsNull: false } callback)
        {
            await _kernel.CallDriver(
                DriverCallKind.Other, VirtualAddress.Null, _kernel.CurrentThread, callback, Memory.ReadUInt64(parameters + 0x10));
        }

        return cancel && wasSet;
    }

    private async GuestTask<ulong> RunTimerCallback(ulong[] dpcArguments)
    {
        var timer = new VirtualAddress(dpcArguments[1]);
        var (callback, context) = (Memory.ReadPointer(timer + TimerCallback), Memory.ReadUInt64(timer + TimerContext));
        await _kernel.CallDriver(DriverCallKind.Timer, VirtualAddress.Null, _kernel.CurrentThread, callback, timer.Value, context);
        return 0;
    }
}

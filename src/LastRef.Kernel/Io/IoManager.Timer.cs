using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Device timers: once a second at DISPATCH_LEVEL (U-1.43, U-6.20).</summary>
internal sealed partial class IoManager
{
    private const int SecondInMilliseconds = 1000;
    private const long Second100ns = 10_000_000;
    private const short IoTimerType = 9;
    private readonly List<IoTimer> _ioTimers = [];
    private VirtualAddress _ioTimerClock;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.20")]
    internal NtStatus IoInitializeTimer(DeviceObject deviceObject, VirtualAddress timerRoutine, VirtualAddress context)
    {
        var timer = deviceObject.Timer ?? new IoTimer(
            Memory, _kernel.Ex.NonPagedPool.Allocate((ulong)IoTimer.SizeOf(Memory.Layout), PoolTags.Of("IoTi"), null));
        timer.SetType(Memory, IoTimerType);
        timer.SetDeviceObject(Memory, deviceObject);
        timer.SetTimerRoutine(Memory, timerRoutine);
        timer.SetContext(Memory, context);
        deviceObject.SetTimer(Memory, timer);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.20")]
    internal void IoStartTimer(DeviceObject deviceObject)
    {
        var timer = TimerOf(deviceObject);
        if (timer.TimerFlag != 0)
            return;
        timer.SetTimerFlag(Memory, 1);
        _ioTimers.Add(timer);
        _kernel.Record(new RegistrationRecord(RegistrationKind.IoTimer, true, timer.Address, timer.TimerRoutine, deviceObject.Address));
        if (_ioTimers.Count == 1)
            _kernel.Ke.Arm(Clock(), _kernel.Ke.InterruptTime100ns + Second100ns);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.20")]
    internal void IoStopTimer(DeviceObject deviceObject) => StopTimer(TimerOf(deviceObject));

    /// <summary>IoDeleteDevice takes the timer away (U-3.62).</summary>
    private void RemoveTimer(DeviceObject device)
    {
        if (device.Timer is not { } timer)
            return;
        StopTimer(timer);
        device.SetTimer(Memory, null);
        _kernel.Ex.NonPagedPool.Free(timer.Address);
    }

    private void StopTimer(IoTimer timer)
    {
        if (timer.TimerFlag == 0)
            return;
        timer.SetTimerFlag(Memory, 0);
        _ioTimers.RemoveAll(t => t.Address == timer.Address);
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.IoTimer, false, timer.Address, timer.TimerRoutine, timer.DeviceObject?.Address ?? VirtualAddress.Null));
        if (_ioTimers.Count == 0)
            _kernel.Ke.Disarm(Clock());
    }

    private IoTimer TimerOf(DeviceObject device) =>
        device.Timer ?? throw new TargetReadException(device.TimerAddress, ReadFailure.NotMapped);

    /// <summary>The one periodic timer behind all device timers, made when the first is started.</summary>
    private VirtualAddress Clock()
    {
        if (!_ioTimerClock.IsNull)
            return _ioTimerClock;
        var timerBytes = KTimer.SizeOf(Memory.Layout);
        _ioTimerClock = _kernel.Ex.NonPagedPool.Allocate((ulong)(timerBytes + KDpc.SizeOf(Memory.Layout)), PoolTags.Io, null);
        var clock = new KTimer(Memory, _ioTimerClock);
        clock.Header.SetType(Memory, DispatcherType.TimerNotification);
        _kernel.Ke.InitializeList(clock.Header.WaitListHead.Address);
        var dpc = new KDpc(Memory, _ioTimerClock + timerBytes);
        dpc.SetType(Memory, DispatcherType.Dpc);
        dpc.SetImportance(Memory, 1);
        dpc.SetDeferredRoutine(Memory, _kernel.Internal.Define(_ => RunTimers()));
        clock.SetDpc(Memory, dpc.Address);
        clock.SetPeriod(Memory, SecondInMilliseconds);
        return _ioTimerClock;
    }

    private async GuestTask<ulong> RunTimers()
    {
        foreach (var timer in _ioTimers.ToArray())
        {
            // A routine may have stopped another's timer.
            if (!_ioTimers.Exists(t => t.Address == timer.Address) || timer.DeviceObject is not { } device)
                continue;
            await _kernel.CallDriver(
                DriverCallKind.Timer, device.DriverObject?.Address ?? VirtualAddress.Null, _kernel.CurrentThread, timer.TimerRoutine,
                device.Address.Value, timer.Context.Value);
        }

        return 0;
    }
}

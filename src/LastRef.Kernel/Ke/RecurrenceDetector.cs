using System.Runtime.InteropServices;
using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Finds that the machine is in a state, but for its clocks, that it was in before: it will do the same for ever.</summary>
/// <remarks>
/// Brent's method: a state is kept and compared with those that follow; the distance to the next kept one doubles. A state is the memory, byte for
/// byte, and everything that decides what runs next: waits, timers, queues, registers. Whatever else could make a difference spoils the comparison:
/// a kernel routine with effects outside memory and the dispatcher, a read of a clock or of a device. A spoiled stretch proves nothing.
/// </remarks>
internal sealed class RecurrenceDetector : IDisposable
{
    /// <summary>Ordinary work is over before so many points have been passed.</summary>
    private const int FirstLook = 8;

    private readonly NtKernel _kernel;
    private readonly HashSet<KernelThread> _ran = [];
    private readonly List<ulong> _numbers = [];
    private readonly List<GuestFrame> _frames = [];
    private MemorySnapshot? _snapshot;
    private ulong[] _keptNumbers = [];
    private GuestFrame[] _keptFrames = [];
    private long _keptDeviceAccesses;
    private bool _isSpoiled;
    private bool _guardsClock;
    private long _looks;
    private long _nextKept = FirstLook;

    public RecurrenceDetector(NtKernel kernel) => _kernel = kernel;

    /// <summary>A kernel routine was called.</summary>
    public void NoteRoutine(int export) => _isSpoiled |= export < 0 || !TransparentRoutines.Contains(export);

    /// <summary>Something was read that is no part of the state: a clock, a random number, a port.</summary>
    public void NoteOutsideInput() => _isSpoiled = true;

    /// <summary>A thread got the processor.</summary>
    public void NoteRun(KernelThread thread) => _ran.Add(thread);

    /// <summary>Driver code read the clock in the shared page, which is hidden while a state is kept.</summary>
    /// <returns>False when the fault is the driver's own.</returns>
    public bool HandleFault(RunResult fault)
    {
        const int pageFault = 14;
        if (!_guardsClock || fault.Vector != pageFault || fault.FaultAddress - AddressMap.SharedUserData.Value >= GuestMemory.PageSize || (fault.ErrorCode & 2) != 0)
            return false;
        _isSpoiled = true;
        ShowClock();
        return true;
    }

    /// <summary>Called when every thread waits, and when driver code has run for a whole slice.</summary>
    /// <returns>True when the state is one that was kept.</returns>
    public bool Look()
    {
        _looks++;
        if (_snapshot is not null && IsComparable() && IsSameAsKept())
            return true;
        if (_looks < _nextKept)
            return false;
        _nextKept *= 2;
        Keep();
        return false;
    }

    public void Dispose() => Forget();

    /// <summary>Every thread that ran is where its guest state says it is: at the first wait of one routine, or in driver code.</summary>
    private bool IsComparable()
    {
        if (_isSpoiled || _kernel.Guest.DeviceAccesses != _keptDeviceAccesses || _kernel.Ke.HasQueuedDpcs)
            return false;
        foreach (var thread in _ran)
        {
            if (thread == _kernel.Scheduler.Idle)
                continue;
            if (thread.State == ThreadState.Terminated || thread.InnermostFrame is not { } frame || (frame.PendingRoutine is not null && frame.Waits != 1))
                return false;
        }

        return true;
    }

    private bool IsSameAsKept()
    {
        Describe();
        if (!CollectionsMarshal.AsSpan(_numbers).SequenceEqual(_keptNumbers) || _frames.Count != _keptFrames.Length)
            return false;
        for (var i = 0; i < _keptFrames.Length; i++)
        {
            if (!ReferenceEquals(_frames[i], _keptFrames[i]))
                return false;
        }

        return _kernel.Guest.EqualsSnapshot(_snapshot!, Clocks());
    }

    private void Keep()
    {
        Forget();
        _isSpoiled = false;
        _ran.Clear();
        if (_kernel.Scheduler.Current is { } running)
            _ran.Add(running);
        Describe();
        _keptNumbers = [.. _numbers];
        _keptFrames = [.. _frames];
        _keptDeviceAccesses = _kernel.Guest.DeviceAccesses;
        HideClock();
        _snapshot = _kernel.Guest.TakeSnapshot();
    }

    private void Forget()
    {
        _snapshot?.Dispose();
        _snapshot = null;
        ShowClock();
    }

    private void HideClock()
    {
        _guardsClock = true;
        _kernel.Guest.Protect(AddressMap.SharedUserData.Value, GuestMemory.PageSize, PageAccess.None);
    }

    private void ShowClock()
    {
        if (!_guardsClock)
            return;
        _guardsClock = false;
        _kernel.Guest.Protect(AddressMap.SharedUserData.Value, GuestMemory.PageSize, PageAccess.Read);
    }

    /// <summary>What decides beside memory what runs next; times are relative to now.</summary>
    private void Describe()
    {
        _numbers.Clear();
        _frames.Clear();
        var now = _kernel.Ke.InterruptTime100ns;
        foreach (var wait in _kernel.Ke.Waits)
        {
            _numbers.Add(wait.Thread.Address.Value);
            _numbers.Add(((ulong)wait.Objects.Length << 3) | (wait.WaitAll ? 4UL : 0) | (wait.Alertable ? 2UL : 0) | (wait.UserMode ? 1UL : 0));
            _numbers.Add(wait.DueTime100ns is { } due ? (ulong)(due - now) : ulong.MaxValue);
            foreach (var waited in wait.Objects)
                _numbers.Add(waited.Value);
        }

        foreach (var (timer, due) in _kernel.Ke.ArmedTimersWithDue)
        {
            _numbers.Add(timer.Value);
            _numbers.Add((ulong)(due - now));
        }

        foreach (var thread in _kernel.Scheduler.Threads)
            Describe(thread);
        _numbers.AddRange(_kernel.Scheduler.ReadyThreads.Select(t => t.Address.Value));
    }

    private void Describe(KernelThread thread)
    {
        _numbers.Add(thread.Address.Value);
        _numbers.Add(((ulong)thread.Priority << 8) | (ulong)thread.State);
        var registers = thread == _kernel.Scheduler.Current ? _kernel.Processor.Registers : thread.Registers;
        _numbers.AddRange(MemoryMarshal.Cast<CpuRegisters, ulong>(MemoryMarshal.CreateReadOnlySpan(ref registers, 1)));
        for (var i = 0; i < thread.FrameCount; i++)
            _frames.Add(thread.FrameAt(i));
    }

    /// <summary>The shared page's times, and the due times that set timers carry.</summary>
    private (ulong Address, int ByteCount)[] Clocks() =>
    [
        (AddressMap.SharedUserData.Value, GuestMemory.PageSize),
        .. _kernel.Ke.ArmedTimers.Select(timer => (new KTimer(_kernel.Memory, timer).DueTimeAddress.Value, sizeof(ulong))),
    ];
}

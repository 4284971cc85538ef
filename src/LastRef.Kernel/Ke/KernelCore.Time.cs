using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Virtual time: it moves when every thread waits, and by what a driver stalls.</summary>
internal sealed partial class KernelCore
{
    /// <summary>One clock tick of 15.625 ms, the default of client Windows (Doc: KeQueryTimeIncrement).</summary>
    public const int TickLength100ns = 156_250;

    /// <summary>System time at boot: 1 January 2026, 00:00 UTC, in 100 ns since 1601. Ours; runs repeat because it never changes.</summary>
    private const long BootTime100ns = 134_117_280_000_000_000;

    private readonly SortedSet<(long Due, int Order, VirtualAddress Timer)> _timers = [];
    private readonly Dictionary<VirtualAddress, (long Due, int Order)> _armed = [];
    private int _timerOrder;
    private ulong _random = 0x9E3779B97F4A7C15;

    /// <summary>Time since boot.</summary>
    public long InterruptTime100ns { get; private set; }

    /// <summary>System time at boot.</summary>
    public long BootTime => BootTime100ns;

    public long SystemTime100ns => BootTime100ns + InterruptTime100ns;

    public long TickCount => InterruptTime100ns / TickLength100ns;

    /// <summary>rdtsc: counts instructions and time, so that it rises between any two reads.</summary>
    public ulong Timestamp => _kernel.Processor.InstructionCount + ((ulong)InterruptTime100ns * 300);

    /// <summary>The same sequence in every run.</summary>
    public ulong NextRandom()
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return _random;
    }

    public bool IsArmed(VirtualAddress timer) => _armed.ContainsKey(timer);

    /// <summary>Timers that are set, by due time.</summary>
    public IEnumerable<VirtualAddress> ArmedTimers => _timers.Select(t => t.Timer);

    /// <summary>The same with the virtual time at which each is due.</summary>
    public IEnumerable<(VirtualAddress Timer, long Due100ns)> ArmedTimersWithDue => _timers.Select(t => (t.Timer, t.Due));

    /// <summary>Sets a timer; one that is set already starts anew.</summary>
    public void Arm(VirtualAddress timer, long due100ns)
    {
        Disarm(timer);
        var entry = (due100ns, _timerOrder++);
        _armed.Add(timer, entry);
        _timers.Add((entry.due100ns, entry.Item2, timer));
    }

    public bool Disarm(VirtualAddress timer)
    {
        if (!_armed.Remove(timer, out var entry))
            return false;
        _timers.Remove((entry.Due, entry.Order, timer));
        return true;
    }

    /// <summary>Lets time pass to the next timer or time-out; called when every thread waits.</summary>
    /// <returns>False when nothing is due at or before the limit.</returns>
    public bool AdvanceTime(long limit100ns)
    {
        var due = long.MaxValue;
        if (_timers.Count > 0)
            due = _timers.Min.Due;
        foreach (var wait in _waits)
            due = Math.Min(due, wait.DueTime100ns ?? long.MaxValue);
        if (due == long.MaxValue || due > limit100ns)
            return false;
        SetTime(Math.Max(due, InterruptTime100ns));
        try
        {
            ExpireTimers();
        }
        catch (MachineStopException stop)
        {
            _kernel.StopWith(stop);
        }

        ExpireWaits();
        return true;
    }

    /// <summary>Time spent busily by a driver; timers that fall due meanwhile queue their DPCs.</summary>
    public void Stall(long time100ns)
    {
        SetTime(InterruptTime100ns + time100ns);
        ExpireTimers();
        ExpireWaits();
    }

    /// <summary>A relative (negative) or absolute (positive, since 1601) due time as virtual time since boot (Doc: KeSetTimer).</summary>
    public long ToDueTime(long timeout100ns) =>
        timeout100ns <= 0 ? InterruptTime100ns - timeout100ns : timeout100ns - BootTime100ns;

    private void ExpireTimers()
    {
        while (_timers.Count > 0 && _timers.Min.Due <= InterruptTime100ns)
        {
            var (due, _, address) = _timers.Min;
            Disarm(address);
            try
            {
                Expire(address, due);
            }
            catch (TargetReadException fault)
            {
                // The timer itself lies in memory that is gone (R-41).
                throw MemoryFault(fault.Address, AccessKind.Read, _kernel.ReturnThunk.Value, "an expired timer", inKernel: true);
            }
        }
    }

    private void Expire(VirtualAddress address, long due)
    {
        var timer = new KTimer(Memory, address);
        var period = timer.Period;
        if (period != 0)
            Arm(address, due + (period * 10_000L));
        else
            EndTimerRegistration(address);
        Signal(address, 1);
        if (!timer.Dpc.IsNull)
            QueueDpc(timer.Dpc, VirtualAddress.Null, VirtualAddress.Null);
    }

    private void ExpireWaits()
    {
        foreach (var wait in _waits.Where(w => w.DueTime100ns <= InterruptTime100ns).ToArray())
        {
            _waits.Remove(wait);
            _kernel.Scheduler.EndWait(wait.Thread, NtStatus.Timeout);
        }
    }

    private void SetTime(long time100ns)
    {
        InterruptTime100ns = time100ns;
        WriteSharedTimes();
    }

    private void BootSharedData()
    {
        var shared = AddressMap.SharedUserData;
        var (major, minor) = (int)_kernel.Build < 9200 ? (6u, 1u) : (10u, 0u);

        // NtSystemRoot 30, NtMajorVersion 26C, NtMinorVersion 270, NtBuildNumber 260, TickCountMultiplier 4, ProductTypeIsValid 268 (Doc: KUSER_SHARED_DATA).
        Memory.Write(shared + 0x30, System.Text.Encoding.Unicode.GetBytes(@"C:\Windows"));
        Memory.WriteUInt32(shared + 0x260, (uint)_kernel.Build);
        Memory.WriteUInt32(shared + 0x264, 1);
        Memory.WriteByte(shared + 0x268, 1);
        Memory.WriteUInt32(shared + 0x26C, major);
        Memory.WriteUInt32(shared + 0x270, minor);
        Memory.WriteUInt32(shared + 4, 0x0FA0_0000);
        Memory.WriteUInt32(shared + 0x3C0, 1);
        WriteSharedTimes();
    }

    private void WriteSharedTimes()
    {
        var shared = AddressMap.SharedUserData;
        WriteKsystemTime(shared + 0x08, InterruptTime100ns);
        WriteKsystemTime(shared + 0x14, SystemTime100ns);
        WriteKsystemTime(shared + 0x320, TickCount);
    }

    /// <summary>KSYSTEM_TIME: low part, high part, and the high part again for readers without a lock.</summary>
    private void WriteKsystemTime(VirtualAddress address, long value)
    {
        Memory.WriteUInt64(address, (ulong)value);
        Memory.WriteUInt32(address + 8, (uint)(value >> 32));
    }
}

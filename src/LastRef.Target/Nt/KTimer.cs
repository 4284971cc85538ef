namespace LastRef.Nt;

/// <summary>A timer.</summary>
/// <remarks>Spec: U-1.41.</remarks>
[NtView("_KTIMER")]
public readonly partial struct KTimer(Target target, VirtualAddress address)
{
    [Field] public partial DispatcherHeader Header { get; }

    /// <summary>In 100 ns of interrupt time when queued.</summary>
    [Field("DueTime.QuadPart", Writable = true)] public partial ulong DueTime { get; }

    [Field] public partial ListEntry TimerListEntry { get; }

    /// <summary>The KDPC, encoded while the timer is in the table. Spec: U-1.41.</summary>
    [Field(Writable = true)] public partial VirtualAddress Dpc { get; }

    /// <summary>Milliseconds; 0 for a timer that expires once.</summary>
    [Field(Writable = true)] public partial uint Period { get; }
}

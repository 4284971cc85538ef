namespace LastRef.Nt;

/// <summary>A processor's queued timers, hashed by due time.</summary>
/// <remarks>Spec: U-1.41.</remarks>
[NtView("_KTIMER_TABLE")]
public readonly partial struct KTimerTable(Target target, VirtualAddress address)
{
    [Field] public partial ViewArray<KTimerTableEntry> TimerEntries { get; }
}

namespace LastRef.Nt;

/// <summary>One chain of queued timers.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KTIMER_TABLE_ENTRY")]
public readonly partial struct KTimerTableEntry(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Entry { get; }

    [Field("Time.QuadPart", Writable = true)] public partial ulong Time { get; }
}

namespace LastRef.Nt;

/// <summary>A fast mutex; a guarded mutex has the same fields.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_FAST_MUTEX")]
public readonly partial struct FastMutex(Target target, VirtualAddress address)
{
    /// <summary>1 when free.</summary>
    [Field(Writable = true)] public partial int Count { get; }

    /// <summary>The owning KTHREAD.</summary>
    [Field(Writable = true)] public partial VirtualAddress Owner { get; }

    [Field(Writable = true)] public partial uint Contention { get; }

    [Field] public partial KEvent Event { get; }

    [Field(Writable = true)] public partial uint OldIrql { get; }
}

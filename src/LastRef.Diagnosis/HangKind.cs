namespace LastRef;

/// <summary>Why a run counts as hung.</summary>
public enum HangKind
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>No thread can run and no timer is armed: proven.</summary>
    NoThreadCanRun,

    /// <summary>The machine's state recurs but for its clocks: proven.</summary>
    StateRecurs,

    /// <summary>The same wait is unsignalled after ten minutes of virtual time: likely.</summary>
    LongWait,

    /// <summary>A spin lock that its own processor holds is acquired: proven.</summary>
    SpinLock,
}

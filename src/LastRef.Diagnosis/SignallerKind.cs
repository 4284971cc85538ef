namespace LastRef;

/// <summary>How something is known to be able to end a wait.</summary>
public enum SignallerKind
{
    /// <summary>It acquired the lock and has not released it.</summary>
    Holder,

    /// <summary>The thread that owns the lock.</summary>
    Owner,

    /// <summary>The thread whose end is waited for.</summary>
    Thread,

    /// <summary>The request whose completion signals it.</summary>
    Request,

    /// <summary>A timer that is set.</summary>
    Timer,

    /// <summary>Code that signalled it earlier in the run.</summary>
    Signalled,

    /// <summary>Nothing that the run or memory shows.</summary>
    Nobody,
}

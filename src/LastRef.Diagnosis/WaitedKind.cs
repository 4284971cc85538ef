namespace LastRef;

/// <summary>What a thread can wait for.</summary>
public enum WaitedKind
{
    /// <summary>Something whose kind could not be read.</summary>
    Unknown,
    Event,
    Semaphore,
    Mutex,
    Timer,
    Thread,
    Process,
    Queue,
    RemoveLock,
    Rundown,
    FastMutex,
    Resource,
    PushLock,
    Request,

    /// <summary>Nothing but time.</summary>
    Delay,

    /// <summary>It does not wait: it runs in circles.</summary>
    Loop,
}

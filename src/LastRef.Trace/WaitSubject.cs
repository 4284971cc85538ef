namespace LastRef;

/// <summary>What a thread waits for in truth where the dispatcher object is only the means.</summary>
public enum WaitSubject
{
    /// <summary>The dispatcher objects themselves.</summary>
    Objects,

    /// <summary>The release of a remove lock by all who acquired it (U-5.90).</summary>
    RemoveLock,

    /// <summary>The end of every use that rundown protection covers (U-6.67).</summary>
    Rundown,

    FastMutex,

    Resource,

    PushLock,

    /// <summary>The completion of a request.</summary>
    Request,

    /// <summary>Work: a worker thread without any.</summary>
    Work,
}

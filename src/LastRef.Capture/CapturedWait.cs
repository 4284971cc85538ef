namespace LastRef;

/// <summary>A thread's wait as found.</summary>
/// <param name="Owner">The thread that owns the lock that is waited for; null when nobody does or it is no such lock.</param>
/// <param name="Count">The lock's own count: IO_REMOVE_LOCK.IoCount, EX_RUNDOWN_REF.Count.</param>
/// <param name="Request">The request that is waited for; null when it is none.</param>
/// <param name="RequestDriver">Image or name of the driver that has the request now; null when it could not be read.</param>
public sealed record CapturedWait(
    WaitRoot Root, IReadOnlyList<CapturedWaitObject> Objects, VirtualAddress Owner, long Count, CapturedIrp? Request, string? RequestDriver)
{
    /// <summary>Where the lock lies.</summary>
    public CapturedPlace? SubjectPlace { get; init; }
}

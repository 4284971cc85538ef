using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>A thread's wait for one or several dispatcher objects.</summary>
/// <param name="Objects">Addresses of the objects' dispatcher headers, in the order of the call.</param>
/// <param name="WaitAll">True when all must be signalled at once.</param>
/// <param name="DueTime100ns">Virtual time at which the wait ends by itself; null for never.</param>
/// <param name="Since100ns">Virtual time at which the wait began.</param>
internal sealed record WaitBlock(
    KernelThread Thread, VirtualAddress[] Objects, bool WaitAll, long? DueTime100ns, long Since100ns, GuestTask<NtStatus> Result)
{
    /// <summary>What stands behind the objects, and where.</summary>
    public WaitSubject Subject { get; init; }

    public VirtualAddress SubjectAddress { get; init; }

    public bool Alertable { get; init; }

    /// <summary>The mode of the wait; a user-mode wait can be ended by a user APC.</summary>
    public bool UserMode { get; init; }
}

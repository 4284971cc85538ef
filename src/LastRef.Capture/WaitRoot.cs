namespace LastRef;

/// <summary>A thread that waits, as the machine's dispatcher has it.</summary>
/// <param name="Thread">Its ETHREAD.</param>
/// <param name="ThreadName">What it is for, where the machine knows.</param>
/// <param name="Objects">Dispatcher objects in the order of the call; empty for a delay.</param>
/// <param name="DueTime100ns">Virtual time at which the wait ends by itself; null for never.</param>
/// <param name="Subject">What stands behind the object.</param>
/// <param name="SubjectAddress">The lock, rundown reference or IRP; null for <see cref="WaitSubject.Objects"/>.</param>
public sealed record WaitRoot(
    VirtualAddress Thread, string ThreadName, IReadOnlyList<VirtualAddress> Objects, bool WaitAll, long? DueTime100ns, long Since100ns,
    WaitSubject Subject, VirtualAddress SubjectAddress);

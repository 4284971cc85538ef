namespace LastRef;

/// <summary>A driver asked for a lock that is held and can never be released; the stack says where.</summary>
/// <param name="Lock">The spin lock.</param>
public sealed record DeadlockRecord(VirtualAddress Lock, string Explanation) : TraceRecord;

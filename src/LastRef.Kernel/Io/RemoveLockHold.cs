namespace LastRef.Kernel;

/// <summary>One acquisition of a remove lock.</summary>
/// <param name="File">Source file, where the lock is of the checked form; else null.</param>
internal readonly record struct RemoveLockHold(VirtualAddress Tag, long Since100ns, string? File, uint Line);

namespace LastRef;

/// <summary>A remove lock was used in a way that its owner did not allow for.</summary>
/// <param name="Lock">Address of the lock.</param>
/// <param name="Tag">Tag of the acquisition in question.</param>
/// <param name="File">Source file that the checked form of the lock was acquired in; null when it is not known.</param>
/// <param name="Line">Line in it; 0 when it is not known.</param>
public sealed record RemoveLockRecord(RemoveLockWarning Warning, VirtualAddress Lock, VirtualAddress Tag, string? File, uint Line) : TraceRecord;

namespace LastRef;

/// <summary>One acquisition of a remove lock of a checked build.</summary>
/// <param name="File">Source file of the call; null when it could not be read.</param>
public sealed record CapturedLockTag(VirtualAddress Tag, string? File, uint Line);

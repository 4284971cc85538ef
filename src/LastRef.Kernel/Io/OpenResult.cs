namespace LastRef.Kernel;

/// <summary>What an open came to.</summary>
/// <param name="Handle">Null unless the status is a success.</param>
/// <param name="File">The file object; the handle holds it, the caller has no reference of its own.</param>
/// <param name="Information">FILE_OPENED and its like, from the driver.</param>
internal readonly record struct OpenResult(NtStatus Status, HandleValue Handle, VirtualAddress File, ulong Information);

namespace LastRef.Kernel;

/// <summary>What a request through a handle came to.</summary>
/// <param name="Status">What the system call returned; STATUS_PENDING for a request that goes on.</param>
/// <param name="Information">IoStatus.Information when the request is complete.</param>
/// <param name="Output">What came back in the caller's buffer, <paramref name="Information"/> bytes at most.</param>
/// <param name="Pending">The request that goes on; null when it is complete.</param>
internal sealed record IoResult(NtStatus Status, ulong Information, byte[] Output, PendingRequest? Pending = null);

namespace LastRef;

/// <summary>A thread as found.</summary>
/// <param name="StartAddress"><c>ETHREAD.StartAddress</c>: ties a system thread to an image (U-1.48).</param>
public sealed record CapturedThread(VirtualAddress Address, VirtualAddress Process, ulong ProcessId, VirtualAddress StartAddress);

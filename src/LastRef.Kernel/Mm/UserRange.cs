using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Addresses of a process that are in use, from an allocation or a view.</summary>
/// <param name="Protect">The PAGE_* that it was allocated with.</param>
/// <param name="IsRegion">Whether ZwAllocateVirtualMemory made it, so that ZwFreeVirtualMemory may take it back.</param>
internal sealed record UserRange(VirtualAddress Process, ulong ByteCount, uint Protect, bool IsRegion);

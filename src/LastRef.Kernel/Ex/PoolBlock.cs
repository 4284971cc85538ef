using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>An allocated block of pool.</summary>
/// <param name="Address">What the caller got; sixteen bytes after the block's pool header unless it fills whole pages.</param>
/// <param name="ByteCount">What the caller asked for.</param>
/// <param name="Tag">Four characters, the first in the low byte.</param>
/// <param name="Site">The driver code that allocated it; null for the kernel itself.</param>
internal sealed record PoolBlock(VirtualAddress Address, ulong ByteCount, uint Tag, bool Paged, CallSite? Site);

namespace LastRef;

/// <summary>A pool block was allocated or freed.</summary>
/// <param name="Tag">Four characters, the first in the low byte.</param>
public sealed record PoolRecord(bool Allocated, VirtualAddress Address, ulong ByteCount, uint Tag, bool Paged) : TraceRecord;

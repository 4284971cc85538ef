namespace LastRef;

/// <summary>A pool block that a driver allocated and that still stands.</summary>
/// <param name="Tag">Four characters, the first in the low byte.</param>
public readonly record struct PoolRoot(VirtualAddress Address, ulong ByteCount, uint Tag);

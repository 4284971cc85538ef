namespace LastRef;

/// <summary>Virtual pages that are mapped and can be read.</summary>
public readonly record struct MappedMemory(VirtualAddress Address, ulong ByteCount, bool IsWritable);

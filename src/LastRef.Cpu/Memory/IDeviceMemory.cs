namespace LastRef.Cpu;

/// <summary>Registers of a device behind mapped pages; every guest access is one call, nothing is cached.</summary>
public interface IDeviceMemory
{
    /// <summary>Reads <paramref name="size"/> bytes (1, 2, 4 or 8) at a byte offset from the start of the mapping.</summary>
    ulong Read(ulong offset, int size);

    /// <summary>Writes the low <paramref name="size"/> bytes of <paramref name="value"/> (1, 2, 4 or 8).</summary>
    void Write(ulong offset, int size, ulong value);
}

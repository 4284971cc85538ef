namespace LastRef.Cpu;

/// <summary>What one virtual page maps to.</summary>
internal struct PageEntry
{
    /// <summary>Page address with bit 0 set; zero marks a free slot.</summary>
    public ulong Key;

    /// <summary>Frame number, or for a device the offset of the page in its mapping divided by the page size.</summary>
    public uint Frame;
    public PageAccess Access;

    /// <summary>Zero for memory, otherwise one more than the index of the device.</summary>
    public ushort Device;
}

namespace LastRef.Kernel;

/// <summary>Hardware of a device profile, as processor instructions and HAL routines reach it.</summary>
public interface IHardware
{
    /// <summary>Port input of 1, 2 or 4 bytes; all ones where no device answers.</summary>
    uint ReadPort(ushort port, int size);

    void WritePort(ushort port, int size, uint value);

    /// <summary>A model-specific register that the lab itself does not define; false raises #GP in the driver.</summary>
    bool TryReadMsr(uint index, out ulong value);

    bool TryWriteMsr(uint index, ulong value);

    /// <summary>PCI configuration space of a function; all ones where there is none.</summary>
    /// <param name="slot">Device number in bits 0 to 4, function number in bits 5 to 7 (PCI_SLOT_NUMBER).</param>
    void ReadConfiguration(uint bus, uint slot, uint offset, Span<byte> data);

    void WriteConfiguration(uint bus, uint slot, uint offset, ReadOnlySpan<byte> data);
}

using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>Bus addresses that no device answers: reads give all ones, writes are lost.</summary>
/// <remarks>Fact: PCI Local Bus Specification, master abort; PC firmware relies on it.</remarks>
internal sealed class AbsentDevice : IDeviceMemory
{
    public ulong Read(ulong offset, int size) => size == 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;

    public void Write(ulong offset, int size, ulong value)
    {
        // Nobody listens.
    }
}

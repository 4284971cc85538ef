using LastRef.Cpu;
using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>The registers that a profile describes, behind ports and physical addresses; nothing answers elsewhere.</summary>
/// <remarks>Each range gives its reads one after the other, the last for ever. Writes are accepted and change nothing.</remarks>
internal sealed class ProfileHardware : IHardware
{
    private readonly List<(ProfileResource Resource, Registers Registers)> _ports = [];

    /// <summary>Puts a profile's resources into a machine.</summary>
    public static void Install(NtKernel kernel, IReadOnlyList<ProfileResource> resources)
    {
        if (resources.Count == 0)
            return;
        var hardware = new ProfileHardware();
        foreach (var resource in resources)
        {
            if (resource.Kind == "port")
                hardware._ports.Add((resource, new Registers(resource.Reads)));
            else if (resource.Kind == "memory")
                kernel.Mm.AddDevice(new PhysicalAddress(resource.Start), resource.Length, new Registers(resource.Reads));
        }

        kernel.Hal.Hardware = hardware;
    }

    public uint ReadPort(ushort port, int size) =>
        (uint)(Find(port)?.Read(port, size) ?? Registers.AllOnes(size));

    public void WritePort(ushort port, int size, uint value) => Find(port)?.Write(port, size, value);

    public bool TryReadMsr(uint index, out ulong value)
    {
        value = 0;
        return false;
    }

    public bool TryWriteMsr(uint index, ulong value) => false;

    public void ReadConfiguration(uint bus, uint slot, uint offset, Span<byte> data) => data.Fill(0xFF);

    public void WriteConfiguration(uint bus, uint slot, uint offset, ReadOnlySpan<byte> data)
    {
        // A profile describes no configuration space.
    }

    private Registers? Find(ushort port)
    {
        foreach (var (resource, registers) in _ports)
        {
            if (port >= resource.Start && port - resource.Start < resource.Length)
                return registers;
        }

        return null;
    }

    /// <summary>What a range answers.</summary>
    private sealed class Registers(IReadOnlyList<ulong> reads) : IDeviceMemory
    {
        private int _next;

        public static ulong AllOnes(int size) => size >= 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;

        public ulong Read(ulong offset, int size)
        {
            if (reads.Count == 0)
                return AllOnes(size);
            var value = reads[Math.Min(_next, reads.Count - 1)];
            _next++;
            return value & AllOnes(size);
        }

        public void Write(ulong offset, int size, ulong value)
        {
            // The profile says what reads give; writes change nothing.
        }
    }
}

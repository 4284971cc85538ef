using LastRef.Cpu;
using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>The registers that a profile describes, behind ports and physical addresses; nothing answers elsewhere.</summary>
/// <remarks>Each range gives its reads one after the other, the last for ever; registers in it may answer otherwise.</remarks>
internal sealed class ProfileHardware : IHardware
{
    private readonly List<(ProfileResource Resource, Registers Registers)> _ports = [];

    /// <summary>Puts a profile's resources into a machine.</summary>
    /// <param name="raise">Called with the line that a write to a register raises.</param>
    public static void Install(NtKernel kernel, IReadOnlyList<ProfileResource> resources, Action<uint> raise)
    {
        if (resources.Count == 0)
            return;
        var hardware = new ProfileHardware();
        foreach (var resource in resources)
        {
            if (resource.Kind == "port")
                hardware._ports.Add((resource, new Registers(resource, raise)));
            else if (resource.Kind == "memory")
                kernel.Mm.AddDevice(new PhysicalAddress(resource.Start), resource.Length, new Registers(resource, raise));
        }

        kernel.Hal.Hardware = hardware;
    }

    public uint ReadPort(ushort port, int size) =>
        Find(port) is { } range ? (uint)range.Registers.Read(port - range.Resource.Start, size) : (uint)Registers.AllOnes(size);

    public void WritePort(ushort port, int size, uint value)
    {
        if (Find(port) is { } range)
            range.Registers.Write(port - range.Resource.Start, size, value);
    }

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

    private (ProfileResource Resource, Registers Registers)? Find(ushort port)
    {
        foreach (var range in _ports)
        {
            if (port >= range.Resource.Start && port - range.Resource.Start < range.Resource.Length)
                return range;
        }

        return null;
    }

    /// <summary>What a range answers.</summary>
    private sealed class Registers(ProfileResource resource, Action<uint> raise) : IDeviceMemory
    {
        private readonly Dictionary<ProfileRegister, (int Next, ulong? Written)> _states = [];
        private int _next;

        public static ulong AllOnes(int size) => size >= 8 ? ulong.MaxValue : (1UL << (8 * size)) - 1;

        public ulong Read(ulong offset, int size)
        {
            if (Find(offset, size) is not { } register)
                return InTurn(resource.Reads, ref _next, size);
            var (next, written) = _states.GetValueOrDefault(register);
            if (written is { } kept)
                return kept & AllOnes(size);
            var value = InTurn(register.Reads, ref next, size);
            _states[register] = (next, null);
            return value;
        }

        public void Write(ulong offset, int size, ulong value)
        {
            // Elsewhere the profile says what reads give, and writes change nothing.
            if (Find(offset, size) is not { } register)
                return;
            if (register.KeepsWrites)
                _states[register] = (0, value & AllOnes(size));
            if (register.Raises is { } line)
                raise(line);
        }

        /// <summary>The register that an access begins in.</summary>
        private ProfileRegister? Find(ulong offset, int size)
        {
            foreach (var register in resource.Registers)
            {
                if (offset >= register.Offset && offset - register.Offset < register.Length && size > 0)
                    return register;
            }

            return null;
        }

        private static ulong InTurn(IReadOnlyList<ulong> reads, ref int next, int size)
        {
            if (reads.Count == 0)
                return AllOnes(size);
            var value = reads[Math.Min(next, reads.Count - 1)];
            next++;
            return value & AllOnes(size);
        }
    }
}

namespace LastRef.Kernel;

/// <summary>The machine below the kernel: ports, model-specific registers, processor identification, bus configuration.</summary>
internal sealed partial class HardwareLayer(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    /// <summary>The hardware that the lab's profile describes.</summary>
    public IHardware Hardware { get; set; } = new EmptyHardware();

    private MutableTarget Memory => _kernel.Memory;

    public uint ReadPort(ushort port, int size) => Hardware.ReadPort(port, size);

    public void WritePort(ushort port, int size, uint value) => Hardware.WritePort(port, size, value);

    /// <summary>Reads a model-specific register; false raises #GP as for a register that the processor lacks.</summary>
    public bool TryReadMsr(uint index, out ulong value)
    {
        ref var registers = ref _kernel.Processor.Registers;
        switch (index)
        {
            // Intel SDM volume 4: IA32_TIME_STAMP_COUNTER, IA32_APIC_BASE, IA32_EFER, FS and GS base.
            case 0x10:
                value = _kernel.Ke.Timestamp;
                return true;
            case 0x1B:
                value = 0xFEE0_0900;
                return true;
            case 0xDA0: // IA32_XSS: no state component of the supervisor
                value = 0;
                return true;
            case 0xC000_0080:
                value = 0xD01;
                return true;
            case 0xC000_0100:
                value = registers.FsBase;
                return true;
            case 0xC000_0101:
                value = registers.GsBase;
                return true;
            case 0xC000_0102:
                value = registers.KernelGsBase;
                return true;
            default:
                return Hardware.TryReadMsr(index, out value);
        }
    }

    public bool TryWriteMsr(uint index, ulong value)
    {
        if (index is 0xC000_0080 or 0xC000_0081 or 0xC000_0082 or 0xC000_0084 or 0xC000_0101)
        {
            _kernel.StopWith(MachineStopException.Unsupported(UnsupportedKind.Case, $"a driver writes MSR 0x{index:X}, which the kernel relies on"));
            return true;
        }

        return Hardware.TryWriteMsr(index, value);
    }

    /// <summary>A plain x86-64 processor: SSE2, one core, no virtualisation, no AVX (Intel SDM volume 2, CPUID).</summary>
    public (uint Eax, uint Ebx, uint Ecx, uint Edx) Cpuid(uint leaf, uint subleaf) => leaf switch
    {
        // "GenuineIntel"
        0 => (7, 0x756E_6547, 0x6C65_746E, 0x4965_6E69),

        // Family 6 model 3A stepping 9; SSE3, CX16, POPCNT, XSAVE and OSXSAVE; FPU to FXSR, SSE, SSE2.
        1 => (0x0003_06A9, 0x0001_0800, 0x0C80_2001, 0x0783_FBFF),

        // XSAVE areas: x87 and SSE of 576 bytes; XSAVEOPT, XSAVEC, XGETBV of register 1, XSAVES.
        0xD when subleaf == 0 => (3, 576, 576, 0),
        0xD when subleaf == 1 => (0xF, 576, 0, 0),
        0x8000_0000 => (0x8000_0008, 0, 0, 0),

        // LAHF; SYSCALL, NX, long mode.
        0x8000_0001 => (0, 0, 1, 0x2010_0800),
        0x8000_0008 => (0x3027, 0, 0, 0),
        _ => (0, 0, 0, 0),
    };

    /// <summary>Nothing behind any port or register: reads give all ones, as an empty bus does.</summary>
    private sealed class EmptyHardware : IHardware
    {
        public uint ReadPort(ushort port, int size) => size switch { 1 => 0xFF, 2 => 0xFFFF, _ => 0xFFFF_FFFF };

        public void WritePort(ushort port, int size, uint value)
        {
            // Nobody listens.
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
            // Nobody listens.
        }
    }
}

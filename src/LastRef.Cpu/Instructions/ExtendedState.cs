using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>xsave and xrstor and their variants, for the two components that there are: x87 and SSE.</summary>
/// <remarks>Intel SDM volume 1, chapter 13 (13.4 layout, 13.7 to 13.12 the instructions). IA32_XSS is zero: xsaves saves what xsavec does.</remarks>
internal static unsafe class ExtendedState
{
    public const ulong Components = X87Component | SseComponent;
    private const ulong X87Component = 1, SseComponent = 2, Compacted = 1ul << 63;
    private const uint InitialMxcsr = 0x1F80;
    private const int HeaderOffset = 512, HeaderBytes = 64, AreaBytes = HeaderOffset + HeaderBytes;
    private const ulong OsXsave = 1ul << 18;

    /// <summary>CR4.OSXSAVE; without it the instructions are undefined.</summary>
    public static bool IsEnabled(Processor cpu)
    {
        if ((cpu.Host.ReadCr(4) & OsXsave) == 0)
            cpu.Raise(6);
        return !cpu.Faulted;
    }

    /// <summary>Components that are not in their initial state; MXCSR is no part of that of SSE.</summary>
    public static ulong InUse(Processor cpu)
    {
        bool x87 = cpu.R.FpuControl != 0x37F || cpu.R.FpuStatus != 0 || cpu.R.FpuTag != 0
            || new ReadOnlySpan<byte>(cpu.St, 128).ContainsAnyExcept((byte)0);
        bool sse = new ReadOnlySpan<byte>(cpu.Xmm, 256).ContainsAnyExcept((byte)0);
        return (x87 ? X87Component : 0) | (sse ? SseComponent : 0);
    }

    public static void Save(Processor cpu, in Instruction i, bool compact)
    {
        if (!IsEnabled(cpu))
            return;
        ulong address = Area(cpu, i), requested = Requested(cpu), inUse = InUse(cpu);
        byte* area = stackalloc byte[AreaBytes];
        cpu.ReadBytes(address, area, AreaBytes);
        if (compact && cpu.R.Mxcsr != InitialMxcsr)
            inUse |= SseComponent;

        // Compacted and optimised forms leave a component in its initial state unwritten.
        bool skipsInitial = compact || i.Mnemonic is Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64;
        ulong written = skipsInitial ? requested & inUse : requested;
        if ((written & X87Component) != 0)
            FpuState.SaveX87(cpu, area);
        if ((written & SseComponent) != 0)
            FpuState.SaveXmm(cpu, area);
        if ((compact ? written & SseComponent : requested & SseComponent) != 0)
            FpuState.SaveMxcsr(cpu, area);

        var header = (ulong*)(area + HeaderOffset);
        header[0] = compact ? requested & inUse : (header[0] & ~requested) | (requested & inUse);
        if (compact)
            header[1] = Compacted | requested;
        cpu.WriteBytes(address, area, AreaBytes);
    }

    public static void Restore(Processor cpu, in Instruction i, bool onlyCompact)
    {
        if (!IsEnabled(cpu))
            return;
        ulong address = Area(cpu, i), requested = Requested(cpu);
        byte* area = stackalloc byte[AreaBytes];
        cpu.ReadBytes(address, area, AreaBytes);
        if (cpu.Faulted)
            return;

        var header = new ReadOnlySpan<ulong>(area + HeaderOffset, HeaderBytes / 8);
        ulong present = header[0], format = header[1];
        bool compact = (format & Compacted) != 0;
        uint mxcsr = *(uint*)(area + FpuState.MxcsrOffset);
        bool takesMxcsr = (requested & SseComponent) != 0 && (!compact || (present & SseComponent) != 0);
        ulong available = compact ? format & ~Compacted : cpu.Host.ReadXcr0();
        if ((onlyCompact && !compact) || (!compact && format != 0) || (available & ~cpu.Host.ReadXcr0()) != 0 || (present & ~available) != 0
            || header[2..].ContainsAnyExcept(0ul) || (takesMxcsr && (mxcsr & 0xFFFF0000) != 0))
        {
            cpu.Raise(13);
            return;
        }

        if ((requested & X87Component) != 0)
        {
            if ((present & X87Component) != 0)
                FpuState.RestoreX87(cpu, area);
            else
                FpuState.ResetX87(cpu);
        }

        if ((requested & SseComponent) != 0)
        {
            if ((present & SseComponent) != 0)
                FpuState.RestoreXmm(cpu, area);
            else
                new Span<byte>(cpu.Xmm, 256).Clear();
            cpu.R.Mxcsr = takesMxcsr ? mxcsr : InitialMxcsr;
        }
    }

    /// <summary>What edx:eax asks for of what XCR0 enables.</summary>
    private static ulong Requested(Processor cpu) => ((cpu.R.Rdx << 32) | (uint)cpu.R.Rax) & cpu.Host.ReadXcr0();

    private static ulong Area(Processor cpu, in Instruction i)
    {
        ulong address = cpu.Address(i);
        if ((address & 63) != 0)
            cpu.Raise(13);
        return address;
    }
}

using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>What drivers do around floating point state: fninit, fnclex, control words, fxsave, fxrstor.</summary>
/// <remarks>The last instruction's opcode and pointers are not kept: they are saved as zero, and what is restored is forgotten.</remarks>
internal static unsafe class FpuState
{
    public const int MxcsrOffset = 24;
    private const int AreaBytes = 512, StOffset = 32, XmmOffset = 160;
    private const ushort ErrorSummary = 0x8080;

    public static void Init(Processor cpu, in Instruction i)
    {
        cpu.R.FpuControl = 0x37F;
        cpu.R.FpuStatus = 0;
        cpu.R.FpuTag = 0;
    }

    public static void ClearExceptions(Processor cpu, in Instruction i) => cpu.R.FpuStatus &= 0x7F00;

    public static void LoadControl(Processor cpu, in Instruction i)
    {
        ulong value = cpu.Get(i, 0);
        if (cpu.Faulted)
            return;
        if (X87.IsExceptionPending(cpu))
        {
            cpu.Unsupported();
            return;
        }

        cpu.R.FpuControl = (ushort)(value & 0x1F7F | 0x40);
        SummarizeErrors(cpu);
    }

    public static void StoreControl(Processor cpu, in Instruction i) => cpu.Set(i, 0, cpu.R.FpuControl);

    public static void StoreStatus(Processor cpu, in Instruction i) => cpu.Set(i, 0, cpu.R.FpuStatus);

    public static void Ldmxcsr(Processor cpu, in Instruction i)
    {
        uint value = (uint)cpu.Get(i, 0);
        if ((value & 0xFFFF0000) != 0)
            cpu.Raise(13);
        else if (!cpu.Faulted)
            cpu.R.Mxcsr = value;
    }

    public static void Stmxcsr(Processor cpu, in Instruction i) => cpu.Set(i, 0, cpu.R.Mxcsr);

    public static void Save(Processor cpu, in Instruction i)
    {
        ulong address = AlignedArea(cpu, i);
        byte* area = stackalloc byte[AreaBytes];
        new Span<byte>(area, AreaBytes).Clear();

        // The last 96 bytes are left to software.
        cpu.ReadBytes(address + 416, area + 416, 96);
        SaveX87(cpu, area);
        SaveMxcsr(cpu, area);
        SaveXmm(cpu, area);
        cpu.WriteBytes(address, area, AreaBytes);
    }

    public static void Restore(Processor cpu, in Instruction i)
    {
        ulong address = AlignedArea(cpu, i);
        byte* area = stackalloc byte[AreaBytes];
        cpu.ReadBytes(address, area, AreaBytes);
        if (cpu.Faulted)
            return;
        uint mxcsr = *(uint*)(area + MxcsrOffset);
        if ((mxcsr & 0xFFFF0000) != 0)
        {
            cpu.Raise(13);
            return;
        }

        RestoreX87(cpu, area);
        cpu.R.Mxcsr = mxcsr;
        RestoreXmm(cpu, area);
    }

    /// <summary>Bytes 0 to 23 of the area, and the data registers from the top of the stack on.</summary>
    public static void SaveX87(Processor cpu, byte* area)
    {
        new Span<byte>(area, MxcsrOffset).Clear();
        *(ushort*)area = cpu.R.FpuControl;
        *(ushort*)(area + 2) = cpu.R.FpuStatus;
        area[4] = cpu.R.FpuTag;
        for (int n = 0; n < 8; n++)
            *(Extended*)(area + StOffset + (16 * n)) = cpu.St[X87.Physical(cpu, n)];
    }

    public static void RestoreX87(Processor cpu, byte* area)
    {
        cpu.R.FpuControl = (ushort)(*(ushort*)area & 0x1F7F | 0x40);
        cpu.R.FpuStatus = *(ushort*)(area + 2);
        cpu.R.FpuTag = area[4];
        for (int n = 0; n < 8; n++)
        {
            var saved = (Extended*)(area + StOffset + (16 * n));
            cpu.St[X87.Physical(cpu, n)] = new Extended(saved->SignExponent, saved->Significand);
        }

        SummarizeErrors(cpu);
    }

    /// <summary>The initial state, in which unlike after fninit the data registers are zero too.</summary>
    public static void ResetX87(Processor cpu)
    {
        cpu.R.FpuControl = 0x37F;
        cpu.R.FpuStatus = 0;
        cpu.R.FpuTag = 0;
        new Span<byte>(cpu.St, 128).Clear();
    }

    public static void SaveMxcsr(Processor cpu, byte* area)
    {
        *(uint*)(area + MxcsrOffset) = cpu.R.Mxcsr;
        *(uint*)(area + MxcsrOffset + 4) = 0xFFFF;
    }

    public static void SaveXmm(Processor cpu, byte* area) => new ReadOnlySpan<byte>(cpu.Xmm, 256).CopyTo(new Span<byte>(area + XmmOffset, 256));

    public static void RestoreXmm(Processor cpu, byte* area) => new ReadOnlySpan<byte>(area + XmmOffset, 256).CopyTo(new Span<byte>(cpu.Xmm, 256));

    /// <summary>The two summary bits of the status word follow what is raised and not masked.</summary>
    private static void SummarizeErrors(Processor cpu)
    {
        bool raised = (cpu.R.FpuStatus & ~cpu.R.FpuControl & X87.ExceptionBits) != 0;
        cpu.R.FpuStatus = (ushort)(raised ? cpu.R.FpuStatus | ErrorSummary : cpu.R.FpuStatus & ~ErrorSummary);
    }

    private static ulong AlignedArea(Processor cpu, in Instruction i)
    {
        ulong address = cpu.Address(i);
        if ((address & 15) != 0)
            cpu.Raise(13);
        return address;
    }
}

using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>What drivers do around floating point state: fninit, fnclex, control words, fxsave, fxrstor. There is no x87 arithmetic.</summary>
internal static unsafe class FpuState
{
    private const int AreaBytes = 512, XmmOffset = 160;

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
        if (!cpu.Faulted)
            cpu.R.FpuControl = (ushort)(value | 0x40);
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

    /// <summary>x87 data registers are always zero.</summary>
    public static void Save(Processor cpu, in Instruction i)
    {
        ulong address = AlignedArea(cpu, i);
        byte* area = stackalloc byte[AreaBytes];
        new Span<byte>(area, AreaBytes).Clear();

        // The last 96 bytes are left to software.
        cpu.ReadBytes(address + 416, area + 416, 96);
        *(ushort*)area = cpu.R.FpuControl;
        *(ushort*)(area + 2) = cpu.R.FpuStatus;
        area[4] = cpu.R.FpuTag;
        *(uint*)(area + 24) = cpu.R.Mxcsr;
        *(uint*)(area + 28) = 0xFFFF;
        new ReadOnlySpan<byte>(cpu.Xmm, 256).CopyTo(new Span<byte>(area + XmmOffset, 256));
        cpu.WriteBytes(address, area, AreaBytes);
    }

    public static void Restore(Processor cpu, in Instruction i)
    {
        ulong address = AlignedArea(cpu, i);
        byte* area = stackalloc byte[AreaBytes];
        cpu.ReadBytes(address, area, AreaBytes);
        if (cpu.Faulted)
            return;
        uint mxcsr = *(uint*)(area + 24);
        if ((mxcsr & 0xFFFF0000) != 0)
        {
            cpu.Raise(13);
            return;
        }

        cpu.R.FpuControl = *(ushort*)area;
        cpu.R.FpuStatus = *(ushort*)(area + 2);
        cpu.R.FpuTag = area[4];
        cpu.R.Mxcsr = mxcsr;
        new ReadOnlySpan<byte>(area + XmmOffset, 256).CopyTo(new Span<byte>(cpu.Xmm, 256));
    }

    private static ulong AlignedArea(Processor cpu, in Instruction i)
    {
        ulong address = cpu.Address(i);
        if ((address & 15) != 0)
            cpu.Raise(13);
        return address;
    }
}

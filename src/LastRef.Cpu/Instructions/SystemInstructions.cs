using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Privileged and non-deterministic instructions: each asks the host.</summary>
internal static unsafe class SystemInstructions
{
    public static void MovToSpecial(Processor cpu, in Instruction i)
    {
        ulong value = cpu.Get(i, 1);
        Register register = i.Op0Register;
        if (register.IsCR())
            WriteCr(cpu, register - Register.CR0, value);
        else if (register.IsDR())
            WriteDr(cpu, register - Register.DR0, value);
        else
            cpu.Unsupported();
    }

    public static void MovFromSpecial(Processor cpu, in Instruction i)
    {
        Register register = i.Op1Register;
        if (register.IsCR())
            cpu.Set(i, 0, ReadCr(cpu, register - Register.CR0));
        else if (register.IsDR())
            cpu.Set(i, 0, ReadDr(cpu, register - Register.DR0));
        else
            cpu.Set(i, 0, Selector(cpu, register));
    }

    public static ulong Selector(Processor cpu, Register register)
    {
        switch (register)
        {
            case Register.CS: return cpu.R.Cs;
            case Register.SS: return cpu.R.Ss;
            case Register.DS: return cpu.R.Ds;
            case Register.ES: return cpu.R.Es;
            case Register.FS: return cpu.R.Fs;
            case Register.GS: return cpu.R.Gs;
            default:
                cpu.Unsupported();
                return 0;
        }
    }

    public static void Interrupts(Processor cpu, in Instruction i)
    {
        bool enable = i.Mnemonic == Mnemonic.Sti;
        cpu.R.Rflags = enable ? cpu.R.Rflags | Flags.Interrupt : cpu.R.Rflags & ~Flags.Interrupt;
        cpu.Host.SetInterruptFlag(enable);
    }

    public static void In(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong port = i.Op1Kind == OpKind.Register ? cpu.Get(i, 1) : i.Immediate8;
        cpu.Set(i, 0, cpu.Host.In((ushort)port, size));
    }

    public static void Out(Processor cpu, in Instruction i)
    {
        ulong port = i.Op0Kind == OpKind.Register ? cpu.Get(i, 0) : i.Immediate8;
        cpu.Host.Out((ushort)port, Processor.SizeOf(i, 1), (uint)cpu.Get(i, 1));
    }

    public static void Rdmsr(Processor cpu, in Instruction i)
    {
        if (!cpu.Host.ReadMsr((uint)cpu.R.Rcx, out ulong value))
        {
            cpu.Raise(13);
            return;
        }

        cpu.SetRegister(Register.EAX, value);
        cpu.SetRegister(Register.EDX, value >> 32);
    }

    public static void Wrmsr(Processor cpu, in Instruction i)
    {
        if (!cpu.Host.WriteMsr((uint)cpu.R.Rcx, (cpu.R.Rdx << 32) | (uint)cpu.R.Rax))
            cpu.Raise(13);
    }

    public static void Cpuid(Processor cpu, in Instruction i)
    {
        (uint eax, uint ebx, uint ecx, uint edx) = cpu.Host.Cpuid((uint)cpu.R.Rax, (uint)cpu.R.Rcx);
        cpu.R.Rax = eax;
        cpu.R.Rbx = ebx;
        cpu.R.Rcx = ecx;
        cpu.R.Rdx = edx;
    }

    public static void Rdtsc(Processor cpu, in Instruction i)
    {
        ulong value = cpu.Host.ReadTimestamp();
        cpu.R.Rax = (uint)value;
        cpu.R.Rdx = value >> 32;
        if (i.Mnemonic == Mnemonic.Rdtscp)
            cpu.R.Rcx = cpu.R.TscAux;
    }

    public static void Random(Processor cpu, in Instruction i)
    {
        cpu.Set(i, 0, cpu.Host.ReadRandom());
        Flags.SetExplicit(cpu.State, Flags.Carry);
    }

    public static void Rdpid(Processor cpu, in Instruction i) => cpu.Set(i, 0, cpu.R.TscAux);

    public static void SwapGs(Processor cpu, in Instruction i) => (cpu.R.GsBase, cpu.R.KernelGsBase) = (cpu.R.KernelGsBase, cpu.R.GsBase);

    public static void ReadSegmentBase(Processor cpu, in Instruction i) =>
        cpu.Set(i, 0, i.Mnemonic == Mnemonic.Rdgsbase ? cpu.R.GsBase : cpu.R.FsBase);

    public static void WriteSegmentBase(Processor cpu, in Instruction i)
    {
        ulong value = cpu.Get(i, 0);
        if (!Processor.IsCanonical(value))
            cpu.Raise(13);
        else if (i.Mnemonic == Mnemonic.Wrgsbase)
            cpu.R.GsBase = value;
        else
            cpu.R.FsBase = value;
    }

    /// <remarks>Intel SDM volume 2, XGETBV: register 0 is XCR0, register 1 tells which of its components are in use.</remarks>
    public static void Xgetbv(Processor cpu, in Instruction i)
    {
        if (!ExtendedState.IsEnabled(cpu))
            return;
        uint index = (uint)cpu.R.Rcx;
        if (index > 1)
        {
            cpu.Raise(13);
            return;
        }

        ulong value = index == 0 ? cpu.Host.ReadXcr0() : cpu.Host.ReadXcr0() & ExtendedState.InUse(cpu);
        cpu.R.Rax = (uint)value;
        cpu.R.Rdx = value >> 32;
    }

    /// <remarks>Intel SDM volume 2, XSETBV: only XCR0 exists, its bit 0 must be set, and a component that the processor lacks is #GP(0).</remarks>
    public static void Xsetbv(Processor cpu, in Instruction i)
    {
        if (!ExtendedState.IsEnabled(cpu))
            return;
        ulong value = (cpu.R.Rdx << 32) | (uint)cpu.R.Rax;
        bool valid = (uint)cpu.R.Rcx == 0 && (value & 1) != 0 && (value & ~ExtendedState.Components) == 0;
        if (!valid || !cpu.Host.WriteXcr0(value))
            cpu.Raise(13);
    }

    public static void Rdpmc(Processor cpu, in Instruction i)
    {
        if (!cpu.Host.ReadPerformanceCounter((uint)cpu.R.Rcx, out ulong value))
        {
            cpu.Raise(13);
            return;
        }

        cpu.R.Rax = (uint)value;
        cpu.R.Rdx = value >> 32;
    }

    /// <summary>stac, clac: the flag is kept, but there are no user pages.</summary>
    public static void AccessCheck(Processor cpu, in Instruction i)
    {
        if (i.Mnemonic == Mnemonic.Stac)
            cpu.R.Rflags |= Flags.AlignmentCheck;
        else
            cpu.R.Rflags &= ~Flags.AlignmentCheck;
    }

    private static ulong ReadCr(Processor cpu, int index)
    {
        if (index is 0 or 2 or 3 or 4 or 8)
            return cpu.Host.ReadCr(index);
        cpu.Raise(6);
        return 0;
    }

    private static void WriteCr(Processor cpu, int index, ulong value)
    {
        if (index is not (0 or 2 or 3 or 4 or 8))
        {
            cpu.Raise(6);
            return;
        }

        if (!cpu.Host.WriteCr(index, value))
        {
            cpu.Raise(13);
            return;
        }

        switch (index)
        {
            case 0: cpu.R.Cr0 = value; break;
            case 2: cpu.R.Cr2 = value; break;
            case 3: cpu.R.Cr3 = value; break;
            case 4: cpu.R.Cr4 = value; break;
            default: cpu.R.Cr8 = value; break;
        }
    }

    /// <summary>Debug registers are stored; they trigger nothing. 4 and 5 are the old names of 6 and 7.</summary>
    private static ulong ReadDr(Processor cpu, int index) => cpu.R.Dr[index is 4 or 5 ? index + 2 : index];

    private static void WriteDr(Processor cpu, int index, ulong value) => cpu.R.Dr[index is 4 or 5 ? index + 2 : index] = value;
}

using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>retf, iretd and iretq to the segments that the code runs in already.</summary>
/// <remarks>
/// Intel SDM volume 2, "RET" and "IRET/IRETD/IRETQ", and volume 3, "Stack switching in IA-32e mode". There are no descriptor tables here:
/// a return to another code segment, to another stack segment or to user mode is unsupported.
/// </remarks>
internal static unsafe class FarReturns
{
    private const ulong NestedTask = 0x4000, Virtual8086 = 0x20000;
    private const ulong PrivilegeLevels = 0x3000, VirtualInterrupt = 0x180000;
    private const ushort RequestedPrivilege = 3;

    /// <summary>retf: 32 bits of target and selector, 64 with REX.W, 16 with an operand-size prefix.</summary>
    public static void Retf(Processor cpu, in Instruction i)
    {
        int size = i.Code switch
        {
            Code.Retfw or Code.Retfw_imm16 => 2,
            Code.Retfd or Code.Retfd_imm16 => 4,
            _ => 8,
        };
        ulong rsp = cpu.R.Rsp;
        ulong target = cpu.Read(rsp, size), selector = cpu.Read(rsp + (ulong)size, size);
        if (!IsSameCode(cpu, (ushort)selector) || !IsTarget(cpu, target))
            return;
        cpu.R.Rsp = rsp + (ulong)(2 * size) + (i.OpCount == 1 ? i.Immediate16 : 0u);
        cpu.Next = target;
    }

    /// <summary>iretd and iretq: in long mode the stack pointer is popped whatever the privilege levels.</summary>
    public static void Iret(Processor cpu, in Instruction i)
    {
        ulong size = i.Mnemonic == Mnemonic.Iretd ? 4u : 8;
        if ((cpu.R.Rflags & NestedTask) != 0)
        {
            cpu.Raise(13);
            return;
        }

        ulong rsp = cpu.R.Rsp;
        ulong target = cpu.Read(rsp, (int)size), code = cpu.Read(rsp + size, (int)size), flags = cpu.Read(rsp + (2 * size), (int)size);
        ulong stack = cpu.Read(rsp + (3 * size), (int)size), stackSelector = cpu.Read(rsp + (4 * size), (int)size);
        if ((flags & Flags.Trap) != 0)
            cpu.Unsupported();
        if ((flags & Virtual8086) != 0)
            cpu.Raise(13);
        if (!IsSameCode(cpu, (ushort)code) || !IsSameStack(cpu, (ushort)stackSelector) || !IsTarget(cpu, target))
            return;

        bool interruptBefore = (cpu.R.Rflags & Flags.Interrupt) != 0, interruptAfter = (flags & Flags.Interrupt) != 0;
        ulong loaded = Flags.Arithmetic | Flags.Interrupt | Flags.Direction | PrivilegeLevels | NestedTask | Flags.AlignmentCheck | Flags.Identification;
        if (size == 4)
            loaded |= VirtualInterrupt;
        cpu.R.Rflags = (cpu.R.Rflags & ~loaded) | (flags & loaded) | 2;
        Flags.Load(cpu.State);
        cpu.R.Rsp = stack;
        cpu.Next = target;
        if (interruptBefore != interruptAfter)
            cpu.Host.SetInterruptFlag(interruptAfter);
    }

    private static bool IsSameCode(Processor cpu, ushort selector)
    {
        if ((selector & ~RequestedPrivilege) == 0)
            cpu.Raise(13);
        else if (selector != cpu.R.Cs)
            cpu.Unsupported();
        return !cpu.Faulted;
    }

    private static bool IsSameStack(Processor cpu, ushort selector)
    {
        if (selector != cpu.R.Ss)
            cpu.Unsupported();
        return !cpu.Faulted;
    }

    private static bool IsTarget(Processor cpu, ulong target)
    {
        if (!Processor.IsCanonical(target))
            cpu.Raise(13);
        return !cpu.Faulted;
    }
}

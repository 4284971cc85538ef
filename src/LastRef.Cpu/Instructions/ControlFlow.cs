using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Jumps, calls, returns, loops, software interrupts.</summary>
internal static unsafe class ControlFlow
{
    public static void Jmp(Processor cpu, in Instruction i) => Go(cpu, Target(cpu, i));

    public static void Jcc(Processor cpu, in Instruction i)
    {
        if (Flags.Holds(cpu.State, DataMovement.Condition(i)))
            Go(cpu, i.NearBranchTarget);
    }

    public static void Jrcxz(Processor cpu, in Instruction i)
    {
        if ((i.Mnemonic == Mnemonic.Jecxz ? (uint)cpu.R.Rcx : cpu.R.Rcx) == 0)
            Go(cpu, i.NearBranchTarget);
    }

    public static void Loop(Processor cpu, in Instruction i)
    {
        bool is32 = i.Code is Code.Loop_rel8_64_ECX or Code.Loope_rel8_64_ECX or Code.Loopne_rel8_64_ECX;
        ulong count = is32 ? (uint)(cpu.R.Rcx - 1) : cpu.R.Rcx - 1;
        cpu.R.Rcx = count;
        bool again = count != 0 && i.Mnemonic switch
        {
            Mnemonic.Loope => Flags.IsZero(cpu.State),
            Mnemonic.Loopne => !Flags.IsZero(cpu.State),
            _ => true,
        };
        if (again)
            Go(cpu, i.NearBranchTarget);
    }

    public static void Call(Processor cpu, in Instruction i)
    {
        ulong target = Target(cpu, i);
        cpu.Push(8, i.NextIP);
        Go(cpu, target);
    }

    public static void Ret(Processor cpu, in Instruction i)
    {
        ulong target = cpu.Pop(8);
        if (cpu.Faulted)
            return;
        if (i.OpCount == 1)
            cpu.R.Rsp += i.Immediate16;
        Go(cpu, target);
    }

    public static void Int(Processor cpu, in Instruction i) => cpu.Raise(i.Mnemonic switch
    {
        Mnemonic.Int1 => 1,
        Mnemonic.Int3 => 3,
        _ => i.Immediate8,
    });

    /// <summary>A non-canonical target faults at the branch, not at the target.</summary>
    private static void Go(Processor cpu, ulong target)
    {
        if (!Processor.IsCanonical(target))
            cpu.Raise(13, 0, target);
        else
            cpu.Next = target;
    }

    private static ulong Target(Processor cpu, in Instruction i)
    {
        if (i.Op0Kind is OpKind.NearBranch64 or OpKind.NearBranch32 or OpKind.NearBranch16)
            return i.NearBranchTarget;
        if (Processor.SizeOf(i, 0) != 8)
            cpu.Unsupported();
        return cpu.Get(i, 0);
    }
}

using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>clc to std, lahf, sahf.</summary>
internal static unsafe class FlagInstructions
{
    private const ulong LowByte = Flags.Sign | Flags.Zero | Flags.Adjust | Flags.Parity | Flags.Carry;

    public static void Carry(Processor cpu, in Instruction i)
    {
        bool carry = i.Mnemonic switch
        {
            Mnemonic.Clc => false,
            Mnemonic.Stc => true,
            _ => !Flags.IsCarry(cpu.State),
        };
        Flags.Replace(cpu.State, Flags.Carry, carry ? Flags.Carry : 0);
    }

    public static void Direction(Processor cpu, in Instruction i)
    {
        if (i.Mnemonic == Mnemonic.Std)
            cpu.R.Rflags |= Flags.Direction;
        else
            cpu.R.Rflags &= ~Flags.Direction;
    }

    public static void Lahf(Processor cpu, in Instruction i) =>
        cpu.SetRegister(Register.AH, (Flags.Compute(cpu.State) & LowByte) | 2);

    public static void Sahf(Processor cpu, in Instruction i) =>
        Flags.Replace(cpu.State, LowByte, cpu.Register(Register.AH));
}

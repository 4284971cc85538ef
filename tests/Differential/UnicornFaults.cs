using Iced.Intel;
using LastRef.Cpu;

namespace LastRef.Tests;

/// <summary>Where Unicorn 2.0.1 itself is wrong or imprecise; such cases are left to the host processor and to unit tests.</summary>
internal static class UnicornFaults
{
    /// <summary>Cases that end the whole process there: string comparisons with explicit lengths far beyond 16.</summary>
    public static bool Crashes(TestCase test) => test.Instruction.Mnemonic is Mnemonic.Pcmpestri or Mnemonic.Pcmpestri64 or Mnemonic.Pcmpestrm or Mnemonic.Pcmpestrm64;

    public static bool Explains(TestCase test, RunResult result, MachineState after)
    {
        // 1. It checks neither the alignment of vector operands nor of cmpxchg16b.
        if (result is { Exit: RunExit.Exception, Vector: 13 })
            return true;

        // 2. It honours a REX prefix that another prefix follows, prefers 66 to F2 and F3, and refuses repeat prefixes that have no meaning.
        if (HasOddPrefixes(test))
            return true;
        Instruction i = test.Instruction;
        return i.Mnemonic switch
        {
            // 3. Predicates above 7 are refused; processors ignore the high bits.
            Mnemonic.Cmpps or Mnemonic.Cmppd or Mnemonic.Cmpss or Mnemonic.Cmpsd when !i.IsStringInstruction => i.Immediate8 > 7,

            // 4. With any REX prefix lahf and sahf use spl for ah.
            Mnemonic.Lahf or Mnemonic.Sahf => test.Bytes.Length > 1,

            // 5. The alias /1 of test is refused.
            Mnemonic.Test => i.Code is Code.Test_rm8_imm8_F6r1 or Code.Test_rm16_imm16_F7r1 or Code.Test_rm32_imm32_F7r1 or Code.Test_rm64_imm32_F7r1,

            // 6. bswap of 16 bits swaps 32.
            Mnemonic.Bswap => i.Code == Code.Bswap_r16,

            // 7. With REX.R it takes mov of an immediate for another instruction.
            Mnemonic.Mov => i.Op1Kind is >= OpKind.Immediate8 and <= OpKind.Immediate32to64 && HasRexR(test),

            // 8. enter does not probe the stack and copies frames in another order; lock neg gets the carry wrong.
            Mnemonic.Enter => true,
            Mnemonic.Neg => i.HasLockPrefix,

            // 9. cmpxchg of 32 bits clears upper halves that it should leave; a scan of zero clears that of its destination.
            Mnemonic.Cmpxchg => i.Op1Register.GetSize() == 4,
            Mnemonic.Bsf or Mnemonic.Bsr => (after.Flags & 0x40) != 0,

            // 10. The immediate of a double shift and of rorx is forgotten in a rip-relative address.
            Mnemonic.Shld or Mnemonic.Shrd or Mnemonic.Rorx => i.IsIPRelativeMemoryOperand,

            // 11. These it refuses or computes wrongly for some operands.
            Mnemonic.Movbe or Mnemonic.Popcnt or Mnemonic.Pdep or Mnemonic.Pext or Mnemonic.Bzhi or Mnemonic.Blsi or Mnemonic.Bextr
                or Mnemonic.Pclmulqdq => true,

            // 12. Horizontal additions of a register with itself use lanes that they have overwritten.
            Mnemonic.Phaddw or Mnemonic.Phaddd or Mnemonic.Phaddsw or Mnemonic.Phsubw or Mnemonic.Phsubd or Mnemonic.Phsubsw => true,

            // 13. These read more bytes than they should, and so fault at the end of a page.
            Mnemonic.Cvtps2pd or Mnemonic.Cvtdq2pd or Mnemonic.Roundss or Mnemonic.Roundsd => i.Op1Kind == OpKind.Memory,

            // 14. clflush touches nothing there; a dot product of negative zeros begins from positive zero.
            Mnemonic.Clflush or Mnemonic.Clflushopt or Mnemonic.Clwb or Mnemonic.Dpps or Mnemonic.Dppd => true,

            // 15. "Equal ordered" comparisons of strings look beyond the end.
            Mnemonic.Pcmpistri or Mnemonic.Pcmpistrm => (i.Immediate8 & 0xC) == 0xC,

            // 16. Of two NaN operands it returns the larger, as the x87 does.
            _ => IsFloatArithmetic(i) && HasNaN(after, i.Op0Register),
        };
    }

    /// <summary>Whether Unicorn cannot judge a block that contains the instruction, whatever its operands; shifts, because the count decides what is undefined.</summary>
    public static bool IsSuspect(Instruction i) => i.Mnemonic is Mnemonic.Lahf or Mnemonic.Sahf or Mnemonic.Bswap or Mnemonic.Cmpxchg or Mnemonic.Bsf or Mnemonic.Bsr
        or Mnemonic.Movbe or Mnemonic.Popcnt or Mnemonic.Pdep or Mnemonic.Pext or Mnemonic.Bzhi or Mnemonic.Blsi or Mnemonic.Bextr or Mnemonic.Pclmulqdq
        or Mnemonic.Phaddw or Mnemonic.Phaddd or Mnemonic.Phaddsw or Mnemonic.Phsubw or Mnemonic.Phsubd or Mnemonic.Phsubsw or Mnemonic.Cmpps or Mnemonic.Cmppd or Mnemonic.Cmpss or Mnemonic.Cmpsd or Mnemonic.Neg
        or Mnemonic.Pcmpestri or Mnemonic.Pcmpestri64 or Mnemonic.Pcmpestrm or Mnemonic.Pcmpestrm64 or Mnemonic.Pcmpistri or Mnemonic.Pcmpistrm
        || i.Mnemonic is Mnemonic.Cmpxchg8b or Mnemonic.Cmpxchg16b or Mnemonic.Rcl or Mnemonic.Rcr or Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Shl or Mnemonic.Shr
        or Mnemonic.Sar or Mnemonic.Shld or Mnemonic.Shrd
        || IsFloatArithmetic(i) || i.Code is Code.Test_rm8_imm8_F6r1 or Code.Test_rm16_imm16_F7r1 or Code.Test_rm32_imm32_F7r1 or Code.Test_rm64_imm32_F7r1
        || (i.Mnemonic == Mnemonic.Mov && i.Op1Kind is >= OpKind.Immediate8 and <= OpKind.Immediate32to64);

    public static bool HasOddPrefixes(TestCase test)
    {
        bool rex = false, operandSize = false, repeat = false;
        foreach (byte b in test.Bytes)
        {
            bool isRex = (b & 0xF0) == 0x40;
            if (!isRex && b is not (0x66 or 0x67 or 0xF0 or 0xF2 or 0xF3 or 0x2E or 0x36 or 0x3E or 0x26))
                break;
            if (rex)
                return true;
            rex |= isRex;
            operandSize |= b == 0x66;
            if (b is 0xF2 or 0xF3)
            {
                if (repeat)
                    return true;
                repeat = true;
            }
        }

        return repeat && !test.Instruction.IsStringInstruction && (operandSize || !IsMandatory(test.Instruction));
    }

    private static bool HasRexR(TestCase test)
    {
        foreach (byte b in test.Bytes)
        {
            if ((b & 0xF0) == 0x40)
                return (b & 4) != 0;
            if (b is not (0x66 or 0xF0 or 0xF2 or 0xF3))
                return false;
        }

        return false;
    }

    private static bool IsFloatArithmetic(in Instruction i) => i.Mnemonic is Mnemonic.Addps or Mnemonic.Addpd or Mnemonic.Addss or Mnemonic.Addsd
        or Mnemonic.Subps or Mnemonic.Subpd or Mnemonic.Subss or Mnemonic.Subsd or Mnemonic.Mulps or Mnemonic.Mulpd or Mnemonic.Mulss or Mnemonic.Mulsd
        or Mnemonic.Divps or Mnemonic.Divpd or Mnemonic.Divss or Mnemonic.Divsd or Mnemonic.Haddps or Mnemonic.Haddpd or Mnemonic.Hsubps
        or Mnemonic.Hsubpd or Mnemonic.Addsubps or Mnemonic.Addsubpd or Mnemonic.Dpps or Mnemonic.Dppd;

    private static bool HasNaN(MachineState state, Register register)
    {
        int n = register - Register.XMM0;
        foreach (ulong half in state.Xmm.AsSpan(2 * n, 2))
        {
            if (double.IsNaN(BitConverter.UInt64BitsToDouble(half)) || float.IsNaN(BitConverter.UInt32BitsToSingle((uint)half))
                || float.IsNaN(BitConverter.UInt32BitsToSingle((uint)(half >> 32))))
                return true;
        }

        return false;
    }

    /// <summary>Whether a repeat prefix is part of the opcode.</summary>
    private static bool IsMandatory(in Instruction i) => i.OpCode.MandatoryPrefix is MandatoryPrefix.PF2 or MandatoryPrefix.PF3;
}

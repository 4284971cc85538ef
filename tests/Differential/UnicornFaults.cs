using Iced.Intel;
using LastRef.Cpu;

namespace LastRef.Tests;

/// <summary>Where Unicorn 2.0.1 itself is wrong or imprecise; such cases are left to the host processor and to unit tests.</summary>
internal static class UnicornFaults
{
    public static bool Explains(TestCase test, RunResult result)
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
            _ => false,
        };
    }

    private static bool HasOddPrefixes(TestCase test)
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

    /// <summary>Whether a repeat prefix is part of the opcode.</summary>
    private static bool IsMandatory(in Instruction i) => i.OpCode.MandatoryPrefix is MandatoryPrefix.PF2 or MandatoryPrefix.PF3;
}

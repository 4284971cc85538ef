using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Shifts, rotates, double shifts and the BMI2 shifts.</summary>
/// <remarks>OF after a count other than 1 is undefined; ours is what the formula for count 1 gives with the last step, as current processors do for most.</remarks>
internal static unsafe class ShiftRotate
{
    public static void Shl(Processor cpu, in Instruction i)
    {
        if (!Begin(cpu, i, out int size, out ulong value, out int count))
            return;
        int bits = size * 8;
        ulong result = value << count;
        ulong carry = count <= bits ? value >> (bits - count) & 1 : 0;
        ulong sign = result >> (bits - 1) & 1;
        Finish(cpu, i, size, result, carry, sign ^ carry);
    }

    public static void Shr(Processor cpu, in Instruction i)
    {
        if (!Begin(cpu, i, out int size, out ulong value, out int count))
            return;
        ulong carry = value >> (count - 1) & 1;
        Finish(cpu, i, size, value >> count, carry, count == 1 ? value >> ((size * 8) - 1) & 1 : 0);
    }

    public static void Sar(Processor cpu, in Instruction i)
    {
        if (!Begin(cpu, i, out int size, out ulong value, out int count))
            return;
        long extended = Arithmetic.Extend(value, size);
        Finish(cpu, i, size, (ulong)(extended >> count), (ulong)(extended >> (count - 1)) & 1, 0);
    }

    public static void Rol(Processor cpu, in Instruction i)
    {
        if (!Begin(cpu, i, out int size, out ulong value, out int count))
            return;
        int bits = size * 8;
        int n = count & (bits - 1);
        ulong result = n == 0 ? value : (value << n) | (value >> (bits - n));
        cpu.Set(i, 0, result);
        SetCarryOverflow(cpu, result & 1, (result >> (bits - 1) & 1) ^ (result & 1));
    }

    public static void Ror(Processor cpu, in Instruction i)
    {
        if (!Begin(cpu, i, out int size, out ulong value, out int count))
            return;
        int bits = size * 8;
        int n = count & (bits - 1);
        ulong result = n == 0 ? value : (value >> n) | (value << (bits - n));
        cpu.Set(i, 0, result);
        ulong top = result >> (bits - 1) & 1;
        SetCarryOverflow(cpu, top, top ^ (result >> (bits - 2) & 1));
    }

    public static void Rcl(Processor cpu, in Instruction i)
    {
        if (!Begin(cpu, i, out int size, out ulong value, out int count))
            return;
        int bits = size * 8;
        ulong carry = Flags.IsCarry(cpu.State) ? 1u : 0;
        for (int n = count % (bits + 1); n > 0; n--)
        {
            ulong top = value >> (bits - 1) & 1;
            value = ((value << 1) | carry) & (ulong.MaxValue >> (64 - bits));
            carry = top;
        }

        cpu.Set(i, 0, value);
        SetCarryOverflow(cpu, carry, (value >> (bits - 1) & 1) ^ carry);
    }

    public static void Rcr(Processor cpu, in Instruction i)
    {
        if (!Begin(cpu, i, out int size, out ulong value, out int count))
            return;
        int bits = size * 8;
        ulong carry = Flags.IsCarry(cpu.State) ? 1u : 0;
        for (int n = count % (bits + 1); n > 0; n--)
        {
            ulong bottom = value & 1;
            value = (value >> 1) | (carry << (bits - 1));
            carry = bottom;
        }

        cpu.Set(i, 0, value);
        SetCarryOverflow(cpu, carry, (value >> (bits - 1) & 1) ^ (value >> (bits - 2) & 1));
    }

    public static void Shld(Processor cpu, in Instruction i) => Double(cpu, i, left: true);

    public static void Shrd(Processor cpu, in Instruction i) => Double(cpu, i, left: false);

    public static void Rorx(Processor cpu, in Instruction i)
    {
        int bits = Processor.SizeOf(i, 0) * 8;
        int n = (int)cpu.Get(i, 2) & (bits - 1);
        ulong value = cpu.Get(i, 1);
        cpu.Set(i, 0, n == 0 ? value : (value >> n) | (value << (bits - n)));
    }

    /// <summary>sarx, shlx, shrx: no flags.</summary>
    public static void ShiftWithoutFlags(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong value = cpu.Get(i, 1);
        int n = (int)cpu.Get(i, 2) & ((size * 8) - 1);
        cpu.Set(i, 0, i.Mnemonic switch
        {
            Mnemonic.Shlx => value << n,
            Mnemonic.Shrx => value >> n,
            _ => (ulong)(Arithmetic.Extend(value, size) >> n),
        });
    }

    /// <summary>Fetches operands; false when the masked count is 0, which changes no flag (but still writes the destination).</summary>
    private static bool Begin(Processor cpu, in Instruction i, out int size, out ulong value, out int count)
    {
        size = Processor.SizeOf(i, 0);
        value = cpu.Get(i, 0);
        count = (int)cpu.Get(i, 1) & (size == 8 ? 63 : 31);
        if (count != 0)
            return true;
        cpu.Set(i, 0, value);
        return false;
    }

    private static void Finish(Processor cpu, in Instruction i, int size, ulong result, ulong carry, ulong overflow)
    {
        cpu.Set(i, 0, result);
        Flags.Set(cpu.State, FlagKind.Result, Arithmetic.Extend(result, size), (long)(carry | (overflow << 1)));
    }

    private static void SetCarryOverflow(Processor cpu, ulong carry, ulong overflow) =>
        Flags.Replace(cpu.State, Flags.Carry | Flags.Overflow, carry | (overflow << 11));

    private static void Double(Processor cpu, in Instruction i, bool left)
    {
        int size = Processor.SizeOf(i, 0);
        int bits = size * 8;
        ulong value = cpu.Get(i, 0), fill = cpu.Get(i, 1);
        int count = (int)cpu.Get(i, 2) & (size == 8 ? 63 : 31);
        if (count == 0)
        {
            cpu.Set(i, 0, value);
            return;
        }

        ulong result;
        ulong carry;
        if (count > bits)
        {
            // Only 16 bits, undefined: three words are shifted as one.
            UInt128 wide = left
                ? ((UInt128)value << 32) | (fill << 16) | value
                : ((UInt128)value << 32) | (fill << 16) | value;
            result = left ? (ulong)(wide << count >> 32) & 0xFFFF : (ulong)(wide >> count) & 0xFFFF;
            carry = left ? (ulong)(wide >> (48 - count)) & 1 : (ulong)(wide >> (count - 1)) & 1;
        }
        else if (left)
        {
            result = count == bits ? fill : (value << count) | (fill >> (bits - count));
            carry = value >> (bits - count) & 1;
        }
        else
        {
            result = count == bits ? fill : (value >> count) | (fill << (bits - count));
            carry = value >> (count - 1) & 1;
        }

        ulong sign = result >> (bits - 1) & 1;
        Finish(cpu, i, size, result, carry, sign ^ (value >> (bits - 1) & 1));
    }
}

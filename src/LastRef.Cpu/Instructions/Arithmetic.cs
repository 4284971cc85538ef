using System.Numerics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>add to cmp, inc, dec, neg, logic, and the sign extensions of rax.</summary>
internal static unsafe class Arithmetic
{
    /// <summary>Sign-extends a value of 1, 2, 4 or 8 bytes.</summary>
    public static long Extend(ulong value, int size) => (long)(value << (64 - (size * 8))) >> (64 - (size * 8));

    public static uint SizeLog(int size) => (uint)BitOperations.TrailingZeroCount(size);

    public static void Add(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong a = cpu.Get(i, 0), b = cpu.Get(i, 1);
        cpu.Set(i, 0, a + b);
        Flags.Set(cpu.State, FlagKind.Add + SizeLog(size), Extend(a + b, size), Extend(b, size));
    }

    public static void Sub(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong a = cpu.Get(i, 0), b = cpu.Get(i, 1);
        cpu.Set(i, 0, a - b);
        Flags.Set(cpu.State, FlagKind.Sub + SizeLog(size), Extend(a, size), Extend(b, size));
    }

    public static void Cmp(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        Flags.Set(cpu.State, FlagKind.Sub + SizeLog(size), Extend(cpu.Get(i, 0), size), Extend(cpu.Get(i, 1), size));
    }

    public static void Adc(Processor cpu, in Instruction i) =>
        cpu.Set(i, 0, AddWithCarry(cpu.State, cpu.Get(i, 0), cpu.Get(i, 1), Processor.SizeOf(i, 0)));

    public static void Sbb(Processor cpu, in Instruction i) =>
        cpu.Set(i, 0, SubtractWithCarry(cpu.State, cpu.Get(i, 0), cpu.Get(i, 1), Processor.SizeOf(i, 0)));

    public static void Neg(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong a = cpu.Get(i, 0);
        cpu.Set(i, 0, 0 - a);
        Flags.Set(cpu.State, FlagKind.Sub + SizeLog(size), 0, Extend(a, size));
    }

    public static void Inc(Processor cpu, in Instruction i) => Step(cpu, i, 1);

    public static void Dec(Processor cpu, in Instruction i) => Step(cpu, i, -1);

    public static void And(Processor cpu, in Instruction i) => Logic(cpu, i, cpu.Get(i, 0) & cpu.Get(i, 1));

    public static void Or(Processor cpu, in Instruction i) => Logic(cpu, i, cpu.Get(i, 0) | cpu.Get(i, 1));

    public static void Xor(Processor cpu, in Instruction i) => Logic(cpu, i, cpu.Get(i, 0) ^ cpu.Get(i, 1));

    public static void Test(Processor cpu, in Instruction i) =>
        Flags.Set(cpu.State, FlagKind.Sub64, Extend(cpu.Get(i, 0) & cpu.Get(i, 1), Processor.SizeOf(i, 0)), 0);

    public static void Not(Processor cpu, in Instruction i) => cpu.Set(i, 0, ~cpu.Get(i, 0));

    public static void Extend(Processor cpu, in Instruction i)
    {
        ref CpuRegisters r = ref cpu.R;
        switch (i.Mnemonic)
        {
            case Mnemonic.Cbw: cpu.SetRegister(Register.AX, (ulong)(sbyte)r.Rax); break;
            case Mnemonic.Cwde: r.Rax = (uint)(short)r.Rax; break;
            case Mnemonic.Cdqe: r.Rax = (ulong)(int)r.Rax; break;
            case Mnemonic.Cwd: cpu.SetRegister(Register.DX, (ulong)((short)r.Rax >> 15)); break;
            case Mnemonic.Cdq: r.Rdx = (uint)((int)r.Rax >> 31); break;
            default: r.Rdx = (ulong)((long)r.Rax >> 63); break;
        }
    }

    /// <summary>adcx and adox: only one flag is read and written.</summary>
    public static void AddWithOneFlag(Processor cpu, in Instruction i, ulong flag)
    {
        int bits = Processor.SizeOf(i, 0) * 8;
        ulong carry = (Flags.Compute(cpu.State) & flag) != 0 ? 1u : 0;
        UInt128 sum = (UInt128)cpu.Get(i, 0) + cpu.Get(i, 1) + carry;
        cpu.Set(i, 0, (ulong)sum);
        Flags.Replace(cpu.State, flag, (sum >> bits) != 0 ? flag : 0);
    }

    /// <summary>a + b + CF with all flags.</summary>
    public static ulong AddWithCarry(CpuState* s, ulong a, ulong b, int size)
    {
        ulong mask = ulong.MaxValue >> (64 - (size * 8));
        a &= mask;
        b &= mask;
        ulong result = (a + b + (Flags.IsCarry(s) ? 1u : 0)) & mask;
        return FinishCarry(s, result, size, (a & b) | ((a | b) & ~result), (a ^ result) & (b ^ result));
    }

    /// <summary>a − b − CF with all flags.</summary>
    public static ulong SubtractWithCarry(CpuState* s, ulong a, ulong b, int size)
    {
        ulong mask = ulong.MaxValue >> (64 - (size * 8));
        a &= mask;
        b &= mask;
        ulong result = (a - b - (Flags.IsCarry(s) ? 1u : 0)) & mask;
        return FinishCarry(s, result, size, (~a & b) | (~(a ^ b) & result), (a ^ b) & (a ^ result));
    }

    /// <param name="carries">The carry or borrow out of each bit.</param>
    /// <param name="overflows">Its sign bit is the overflow.</param>
    private static ulong FinishCarry(CpuState* s, ulong result, int size, ulong carries, ulong overflows)
    {
        int sign = (size * 8) - 1;
        Flags.Set(s, FlagKind.Result, Extend(result, size), (long)((carries >> sign & 1) | ((overflows >> sign & 1) << 1) | ((carries >> 3 & 1) << 2)));
        return result;
    }

    private static void Step(Processor cpu, in Instruction i, long by)
    {
        int size = Processor.SizeOf(i, 0);
        ulong carry = Flags.IsCarry(cpu.State) ? 1u : 0;
        long a = Extend(cpu.Get(i, 0), size);
        long result = Extend((ulong)(a + by), size);
        bool overflow = by > 0 ? a >= 0 && result < 0 : a < 0 && result >= 0;
        bool adjust = ((a ^ result) & 0x10) != 0;
        cpu.Set(i, 0, (ulong)result);
        Flags.Set(cpu.State, FlagKind.Result, result, (long)(carry | (overflow ? 2u : 0) | (adjust ? 4u : 0)));
    }

    private static void Logic(Processor cpu, in Instruction i, ulong result)
    {
        cpu.Set(i, 0, result);
        Flags.Set(cpu.State, FlagKind.Sub64, Extend(result, Processor.SizeOf(i, 0)), 0);
    }
}

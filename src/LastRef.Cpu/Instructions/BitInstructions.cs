using System.Numerics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Bit tests, scans, counts, BMI1 and BMI2.</summary>
internal static unsafe class BitInstructions
{
    public static void Bt(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        int bits = size * 8;
        ulong index = cpu.Get(i, 1);
        bool inMemory = i.Op0Kind == OpKind.Memory;
        ulong address = inMemory ? cpu.Address(i) : 0;

        // A register index reaches beyond the operand, in both directions.
        if (inMemory && i.Op1Kind == OpKind.Register)
            address += (ulong)((Arithmetic.Extend(index, size) >> (int)Arithmetic.SizeLog(size) >> 3) * size);
        int bit = (int)index & (bits - 1);
        ulong value = inMemory ? cpu.Read(address, size) : cpu.Get(i, 0);
        ulong changed = i.Mnemonic switch
        {
            Mnemonic.Bts => value | (1ul << bit),
            Mnemonic.Btr => value & ~(1ul << bit),
            Mnemonic.Btc => value ^ (1ul << bit),
            _ => value,
        };
        if (i.Mnemonic != Mnemonic.Bt)
        {
            if (inMemory)
                cpu.Write(address, size, changed);
            else
                cpu.Set(i, 0, changed);
        }

        Flags.Replace(cpu.State, Flags.Carry, value >> bit & 1);
    }

    public static void Scan(Processor cpu, in Instruction i)
    {
        ulong source = cpu.Get(i, 1);
        if (source != 0)
            cpu.Set(i, 0, (ulong)(i.Mnemonic == Mnemonic.Bsf ? BitOperations.TrailingZeroCount(source) : BitOperations.Log2(source)));

        // Only ZF is defined; the destination of a zero source stays, even its upper half.
        Flags.Replace(cpu.State, Flags.Zero, source == 0 ? Flags.Zero : 0);
    }

    public static void Count(Processor cpu, in Instruction i)
    {
        int bits = Processor.SizeOf(i, 0) * 8;
        ulong source = cpu.Get(i, 1);
        int result = i.Mnemonic == Mnemonic.Tzcnt
            ? source == 0 ? bits : BitOperations.TrailingZeroCount(source)
            : BitOperations.LeadingZeroCount(source) - (64 - bits);
        cpu.Set(i, 0, (ulong)result);
        Flags.Replace(cpu.State, Flags.Carry | Flags.Zero, (source == 0 ? Flags.Carry : 0) | (result == 0 ? Flags.Zero : 0));
    }

    public static void Popcnt(Processor cpu, in Instruction i)
    {
        ulong source = cpu.Get(i, 1);
        cpu.Set(i, 0, (ulong)BitOperations.PopCount(source));
        Flags.SetExplicit(cpu.State, source == 0 ? Flags.Zero : 0);
    }

    public static void Andn(Processor cpu, in Instruction i)
    {
        ulong result = ~cpu.Get(i, 1) & cpu.Get(i, 2);
        cpu.Set(i, 0, result);
        Flags.Set(cpu.State, FlagKind.Sub64, Arithmetic.Extend(result, Processor.SizeOf(i, 0)), 0);
    }

    /// <summary>blsi, blsr, blsmsk: destination is operand 0, source operand 1.</summary>
    public static void LowestSet(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong source = cpu.Get(i, 1);
        ulong result = i.Mnemonic switch
        {
            Mnemonic.Blsi => source & (0 - source),
            Mnemonic.Blsr => source & (source - 1),
            _ => source ^ (source - 1),
        };
        bool carry = i.Mnemonic == Mnemonic.Blsi ? source != 0 : source == 0;
        cpu.Set(i, 0, result);
        Flags.Set(cpu.State, FlagKind.Result, Arithmetic.Extend(result, size), carry ? 1 : 0);
    }

    public static void Bextr(Processor cpu, in Instruction i)
    {
        ulong source = cpu.Get(i, 1), control = cpu.Get(i, 2);
        int start = (int)(control & 0xFF), length = (int)(control >> 8 & 0xFF);
        ulong result = start >= 64 ? 0 : source >> start;
        if (length < 64)
            result &= (1ul << length) - 1;
        cpu.Set(i, 0, result);
        Flags.SetExplicit(cpu.State, result == 0 ? Flags.Zero : 0);
    }

    public static void Bzhi(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong source = cpu.Get(i, 1);
        int index = (int)(cpu.Get(i, 2) & 0xFF);
        ulong result = index >= size * 8 ? source : source & ((1ul << index) - 1);
        cpu.Set(i, 0, result);
        Flags.Set(cpu.State, FlagKind.Result, Arithmetic.Extend(result, size), index >= size * 8 ? 1 : 0);
    }

    public static void Pdep(Processor cpu, in Instruction i)
    {
        ulong source = cpu.Get(i, 1), mask = cpu.Get(i, 2), result = 0;
        for (; mask != 0; mask &= mask - 1, source >>= 1)
            result |= (source & 1) != 0 ? mask & (0 - mask) : 0;
        cpu.Set(i, 0, result);
    }

    public static void Pext(Processor cpu, in Instruction i)
    {
        ulong source = cpu.Get(i, 1), mask = cpu.Get(i, 2), result = 0;
        for (int bit = 0; mask != 0; mask &= mask - 1, bit++)
            result |= (source & mask & (0 - mask)) != 0 ? 1ul << bit : 0;
        cpu.Set(i, 0, result);
    }

    public static void Crc32(Processor cpu, in Instruction i)
    {
        uint crc = (uint)cpu.Get(i, 0);
        ulong source = cpu.Get(i, 1);
        crc = Processor.SizeOf(i, 1) switch
        {
            1 => BitOperations.Crc32C(crc, (byte)source),
            2 => BitOperations.Crc32C(crc, (ushort)source),
            4 => BitOperations.Crc32C(crc, (uint)source),
            _ => BitOperations.Crc32C(crc, source),
        };
        cpu.Set(i, 0, crc);
    }
}

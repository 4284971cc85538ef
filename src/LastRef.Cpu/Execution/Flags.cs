using System.Numerics;
using System.Runtime.CompilerServices;

namespace LastRef.Cpu;

/// <summary>Reading and setting the lazily kept arithmetic flags.</summary>
internal static unsafe class Flags
{
    public const ulong Carry = 1, Parity = 4, Adjust = 0x10, Zero = 0x40, Sign = 0x80, Trap = 0x100, Interrupt = 0x200, Direction = 0x400,
        Overflow = 0x800, AlignmentCheck = 0x40000, Identification = 0x200000;
    public const ulong Arithmetic = Carry | Parity | Adjust | Zero | Sign | Overflow;

    /// <summary>The six arithmetic flags as in rflags.</summary>
    public static ulong Compute(CpuState* s)
    {
        uint kind = s->FlagKind;
        long a = s->FlagA, b = s->FlagB;
        if (kind == FlagKind.Explicit)
            return (ulong)b;
        ulong carry, overflow, adjust;
        long result;
        if (kind == FlagKind.Result)
        {
            result = a;
            carry = (ulong)b & 1;
            overflow = ((ulong)b >> 1) & 1;
            adjust = ((ulong)b >> 2) & 1;
        }
        else
        {
            int signBit = (8 << (int)(kind & 3)) - 1;
            carry = (ulong)a < (ulong)b ? 1u : 0;
            if (kind < FlagKind.Add)
            {
                long full = a - b;
                result = full << (63 - signBit) >> (63 - signBit);
                overflow = (ulong)(((a ^ b) & (a ^ full)) >> signBit) & 1;
                adjust = (ulong)((a ^ b ^ full) >> 4) & 1;
            }
            else
            {
                long first = a - b;
                result = a;
                overflow = (ulong)(((first ^ a) & (b ^ a)) >> signBit) & 1;
                adjust = (ulong)((first ^ b ^ a) >> 4) & 1;
            }
        }

        return carry | (overflow << 11) | (adjust << 4) | (result == 0 ? Zero : 0) | (result < 0 ? Sign : 0) | ParityOf((ulong)result);
    }

    public static ulong ParityOf(ulong value) => (BitOperations.PopCount((byte)value) & 1) == 0 ? Parity : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCarry(CpuState* s) =>
        s->FlagKind < FlagKind.Result ? (ulong)s->FlagA < (ulong)s->FlagB : (s->FlagB & 1) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsZero(CpuState* s) =>
        s->FlagKind < FlagKind.Add ? s->FlagA == s->FlagB : s->FlagKind <= FlagKind.Result ? s->FlagA == 0 : (s->FlagB & (long)Zero) != 0;

    /// <summary>Whether a condition code (0 to 15 as in the encoding of jcc) holds.</summary>
    public static bool Holds(CpuState* s, int condition)
    {
        if (s->FlagKind < FlagKind.Add)
        {
            long a = s->FlagA, b = s->FlagB;
            switch (condition)
            {
                case 2: return (ulong)a < (ulong)b;
                case 3: return (ulong)a >= (ulong)b;
                case 4: return a == b;
                case 5: return a != b;
                case 6: return (ulong)a <= (ulong)b;
                case 7: return (ulong)a > (ulong)b;
                case 12: return a < b;
                case 13: return a >= b;
                case 14: return a <= b;
                case 15: return a > b;
            }
        }

        ulong flags = Compute(s);
        bool holds = (condition >> 1) switch
        {
            0 => (flags & Overflow) != 0,
            1 => (flags & Carry) != 0,
            2 => (flags & Zero) != 0,
            3 => (flags & (Carry | Zero)) != 0,
            4 => (flags & Sign) != 0,
            5 => (flags & Parity) != 0,
            6 => ((flags >> 7) & 1) != ((flags >> 11) & 1),
            _ => (flags & Zero) != 0 || ((flags >> 7) & 1) != ((flags >> 11) & 1),
        };
        return holds != ((condition & 1) != 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(CpuState* s, uint kind, long a, long b)
    {
        s->FlagKind = kind;
        s->FlagA = a;
        s->FlagB = b;
    }

    public static void SetExplicit(CpuState* s, ulong flags) => Set(s, FlagKind.Explicit, 0, (long)(flags & Arithmetic));

    /// <summary>Replaces the flags in <paramref name="mask"/>, keeps the others.</summary>
    public static void Replace(CpuState* s, ulong mask, ulong value) => SetExplicit(s, (Compute(s) & ~mask) | (value & mask));

    /// <summary>Puts the lazy flags into rflags.</summary>
    public static void Materialise(CpuState* s)
    {
        ulong flags = Compute(s);
        s->Registers.Rflags = (s->Registers.Rflags & ~Arithmetic) | flags | 2;
        SetExplicit(s, flags);
    }

    /// <summary>Takes the arithmetic flags from rflags.</summary>
    public static void Load(CpuState* s) => SetExplicit(s, s->Registers.Rflags);
}

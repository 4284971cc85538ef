using System.Numerics;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>pcmpestri, pcmpestrm, pcmpistri, pcmpistrm.</summary>
internal static unsafe class SseStrings
{
    public static void Execute(Processor cpu, in Instruction i)
    {
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1, aligned: false);
        if (cpu.Faulted)
            return;
        int control = i.Immediate8;
        bool isWord = (control & 1) != 0;
        bool isSigned = (control & 2) != 0;
        int count = isWord ? 8 : 16;
        bool hasLengths = i.Mnemonic is Mnemonic.Pcmpestri or Mnemonic.Pcmpestrm or Mnemonic.Pcmpestri64 or Mnemonic.Pcmpestrm64;
        bool wide = i.Code is Code.Pcmpestri64_xmm_xmmm128_imm8 or Code.Pcmpestrm64_xmm_xmmm128_imm8;
        int lengthA = hasLengths ? Length(cpu.R.Rax, wide, count) : ImplicitLength(a, isWord, count);
        int lengthB = hasLengths ? Length(cpu.R.Rdx, wide, count) : ImplicitLength(b, isWord, count);

        int result = Aggregate(control >> 2 & 3, a, b, lengthA, lengthB, isWord, isSigned, count);
        if ((control & 0x10) != 0)
            result ^= (control & 0x20) != 0 ? (1 << lengthB) - 1 : (1 << count) - 1;

        Flags.SetExplicit(cpu.State, (result != 0 ? Flags.Carry : 0) | (lengthB < count ? Flags.Zero : 0)
            | (lengthA < count ? Flags.Sign : 0) | ((result & 1) != 0 ? Flags.Overflow : 0));
        if (i.Mnemonic is Mnemonic.Pcmpestri or Mnemonic.Pcmpistri or Mnemonic.Pcmpestri64)
        {
            cpu.R.Rcx = (ulong)(result == 0 ? count
                : (control & 0x40) != 0 ? BitOperations.Log2((uint)result) : BitOperations.TrailingZeroCount(result));
        }
        else
        {
            cpu.Xmm[0] = (control & 0x40) == 0 ? Vector128.CreateScalar((uint)result).AsByte()
                : isWord ? Lanes.Make(result, static (result, n) => (result >> n & 1) != 0 ? ushort.MaxValue : (ushort)0)
                : Lanes.Make(result, static (result, n) => (result >> n & 1) != 0 ? byte.MaxValue : (byte)0);
        }
    }

    private static int Aggregate(
        int mode, Vector128<byte> a, Vector128<byte> b, int lengthA, int lengthB, bool isWord, bool isSigned, int count)
    {
        int result = 0;
        for (int n = 0; n < count; n++)
        {
            bool match = mode switch
            {
                0 => n < lengthB && AnyEqual(a, lengthA, Element(b, n, isWord, isSigned), isWord, isSigned),
                1 => n < lengthB && InRange(a, lengthA, Element(b, n, isWord, isSigned), isWord, isSigned),
                2 => n < lengthA && n < lengthB ? Element(a, n, isWord, isSigned) == Element(b, n, isWord, isSigned) : n >= lengthA && n >= lengthB,
                _ => StartsHere(a, b, n, lengthA, lengthB, isWord, count),
            };
            if (match)
                result |= 1 << n;
        }

        return result;
    }

    private static bool AnyEqual(Vector128<byte> set, int length, int value, bool isWord, bool isSigned)
    {
        for (int n = 0; n < length; n++)
        {
            if (Element(set, n, isWord, isSigned) == value)
                return true;
        }

        return false;
    }

    private static bool InRange(Vector128<byte> ranges, int length, int value, bool isWord, bool isSigned)
    {
        for (int n = 0; n + 1 < length; n += 2)
        {
            if (value >= Element(ranges, n, isWord, isSigned) && value <= Element(ranges, n + 1, isWord, isSigned))
                return true;
        }

        return false;
    }

    private static bool StartsHere(Vector128<byte> needle, Vector128<byte> text, int at, int needleLength, int textLength, bool isWord, int count)
    {
        for (int n = 0; n < needleLength && at + n < count; n++)
        {
            if (at + n >= textLength || Element(needle, n, isWord, false) != Element(text, at + n, isWord, false))
                return false;
        }

        return true;
    }

    private static int Element(Vector128<byte> v, int n, bool isWord, bool isSigned) => isWord
        ? isSigned ? v.Lane<short>(n) : v.Lane<ushort>(n)
        : isSigned ? v.Lane<sbyte>(n) : v[n];

    private static int Length(ulong register, bool wide, int count)
    {
        long value = wide ? (long)register : (int)register;
        return value > count || value < -count ? count : (int)Math.Abs(value);
    }

    private static int ImplicitLength(Vector128<byte> v, bool isWord, int count)
    {
        int n = 0;
        while (n < count && Element(v, n, isWord, false) != 0)
            n++;
        return n;
    }
}

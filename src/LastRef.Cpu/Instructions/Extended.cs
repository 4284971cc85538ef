using System.Runtime.InteropServices;

namespace LastRef.Cpu;

/// <summary>An 80-bit floating-point value as an x87 register holds it: sign and biased exponent over a significand with its integer bit.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal readonly struct Extended(ushort signExponent, ulong significand)
{
    public const int MaximumExponent = 0x7FFF, Bias = 16383;
    public const ulong IntegerBit = 1ul << 63, QuietBit = 1ul << 62;

    public ulong Significand { get; } = significand;

    public ushort SignExponent { get; } = signExponent;

    /// <summary>The quiet NaN that stands for the result of an invalid operation.</summary>
    public static Extended Indefinite => new(0xFFFF, IntegerBit | QuietBit);

    public static Extended One => new(Bias, IntegerBit);

    public bool IsNegative => (SignExponent & 0x8000) != 0;

    public int Exponent => SignExponent & 0x7FFF;

    public bool IsZero => Exponent == 0 && Significand == 0;

    /// <summary>Also a pseudo-denormal, which has the exponent of a denormal and the integer bit of a normal number.</summary>
    public bool IsDenormal => Exponent == 0 && Significand != 0;

    public bool IsInfinity => Exponent == MaximumExponent && Significand == IntegerBit;

    public bool IsNaN => Exponent == MaximumExponent && Significand > IntegerBit;

    public bool IsSignaling => IsNaN && (Significand & QuietBit) == 0;

    /// <summary>Encodings that no processor since the 387 accepts: the integer bit is missing.</summary>
    public bool IsUnsupported => Exponent != 0 && (Significand & IntegerBit) == 0;

    public Extended Quiet => new(SignExponent, Significand | QuietBit);

    public Extended Negated => new((ushort)(SignExponent ^ 0x8000), Significand);

    public static Extended Zero(bool negative) => Make(negative, 0, 0);

    public static Extended Infinity(bool negative) => Make(negative, MaximumExponent, IntegerBit);

    public static Extended Make(bool negative, int exponent, ulong significand) => new((ushort)(exponent | (negative ? 0x8000 : 0)), significand);

    public static Extended FromInteger(long value)
    {
        if (value == 0)
            return Zero(negative: false);
        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        int shift = System.Numerics.BitOperations.LeadingZeroCount(magnitude);
        return Make(value < 0, Bias + 63 - shift, magnitude << shift);
    }

    /// <summary>Exact, but a signaling NaN stays one.</summary>
    public static Extended FromSingle(uint bits) => FromNarrow((bits >> 31) != 0, (int)(bits >> 23) & 0xFF, (ulong)(bits & 0x7FFFFF) << 40, 0xFF, 127);

    /// <summary>Exact, but a signaling NaN stays one.</summary>
    public static Extended FromDouble(ulong bits) => FromNarrow((bits >> 63) != 0, (int)(bits >> 52) & 0x7FF, (bits & 0xFFFFFFFFFFFFF) << 11, 0x7FF, 1023);

    private static Extended FromNarrow(bool negative, int exponent, ulong fraction, int special, int bias)
    {
        if (exponent == special)
            return Make(negative, MaximumExponent, IntegerBit | fraction);
        if (exponent != 0)
            return Make(negative, exponent - bias + Bias, IntegerBit | fraction);
        if (fraction == 0)
            return Zero(negative);
        int shift = System.Numerics.BitOperations.LeadingZeroCount(fraction);
        return Make(negative, 1 - bias + Bias - shift, fraction << shift);
    }
}

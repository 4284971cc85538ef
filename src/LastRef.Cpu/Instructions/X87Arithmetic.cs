namespace LastRef.Cpu;

/// <summary>Sums, comparisons and conversions of 80-bit values, with the exceptions that they raise, all of them masked.</summary>
/// <remarks>Intel SDM volume 1, 4.8 (formats, NaNs), 4.9 (exceptions), 8.1.5 (precision and rounding control), 8.5 (x87 exceptions).</remarks>
internal struct X87Arithmetic(ushort control)
{
    public const int Invalid = 1, Denormal = 2, Overflow = 8, Underflow = 0x10, Precision = 0x20, StackFault = 0x40, RoundedUp = 0x200;
    private const int Nearest = 0, Down = 1, Up = 2;

    private readonly int _rounding = control >> 10 & 3;
    private readonly int _precision = (control >> 8 & 3) switch { 0 => 24, 2 => 53, _ => 64 };
    private bool _narrowDenormal;

    /// <summary>Bits of the status word that the operation sets; C1 tells that the magnitude was rounded up.</summary>
    public int Raised { get; private set; }

    public void Raise(int bits) => Raised |= bits;

    /// <summary>An operand was denormal in memory, which its 80-bit value no longer shows.</summary>
    public void NoteDenormalOperand() => _narrowDenormal = true;

    public Extended Add(Extended a, Extended b)
    {
        if (a.IsUnsupported || b.IsUnsupported)
            return InvalidResult();
        if (a.IsNaN || b.IsNaN)
            return Propagate(a, b);
        if (a.IsInfinity && b.IsInfinity && a.IsNegative != b.IsNegative)
            return InvalidResult();
        if (a.IsDenormal || b.IsDenormal || _narrowDenormal)
            Raise(Denormal);
        if (a.IsInfinity || b.IsInfinity)
            return a.IsInfinity ? a : b;
        if (a.IsZero && b.IsZero)
            return Extended.Zero(a.IsNegative == b.IsNegative ? a.IsNegative : _rounding == Down);

        // Significands from bit 125 down: one bit of room for the carry, 62 below for what is shifted out.
        if (Magnitude(a) < Magnitude(b))
            (a, b) = (b, a);
        int exponent = Math.Max(1, a.Exponent);
        UInt128 large = (UInt128)a.Significand << 62;
        UInt128 small = ShiftRight((UInt128)b.Significand << 62, exponent - Math.Max(1, b.Exponent));
        UInt128 sum = a.IsNegative == b.IsNegative ? large + small : large - small;
        if (sum == 0)
            return Extended.Zero(_rounding == Down);
        int shift = (int)UInt128.LeadingZeroCount(sum);
        return Round(a.IsNegative, exponent + 2 - shift, sum << shift);
    }

    /// <summary>The condition bits C3, C2 and C0 of a comparison.</summary>
    /// <param name="quiet">A quiet NaN is no invalid operand.</param>
    public int Compare(Extended a, Extended b, bool quiet)
    {
        const int Less = 0x100, Equal = 0x4000, Unordered = 0x4500;
        bool unsupported = a.IsUnsupported || b.IsUnsupported;
        if (unsupported || a.IsNaN || b.IsNaN)
        {
            if (unsupported || !quiet || a.IsSignaling || b.IsSignaling)
                Raise(Invalid);
            return Unordered;
        }

        if (a.IsDenormal || b.IsDenormal || _narrowDenormal)
            Raise(Denormal);
        if (a.IsZero && b.IsZero)
            return Equal;
        if (a.IsNegative != b.IsNegative)
            return a.IsNegative ? Less : 0;
        UInt128 x = Magnitude(a), y = Magnitude(b);
        return x == y ? Equal : x < y != a.IsNegative ? Less : 0;
    }

    /// <summary>What a load of a narrower value makes of it.</summary>
    public Extended Load(Extended value, bool isDenormal)
    {
        if (isDenormal)
            Raise(Denormal);
        if (!value.IsSignaling)
            return value;
        Raise(Invalid);
        return value.Quiet;
    }

    public uint ToSingle(Extended value) => (uint)Narrow(value, 24, 8);

    public ulong ToDouble(Extended value) => Narrow(value, 53, 11);

    /// <summary>The nearest integer by rounding control, or towards zero; the smallest one when it does not fit.</summary>
    public long ToInteger(Extended value, int bits, bool truncate)
    {
        long indefinite = long.MinValue >> (64 - bits);
        UInt128 magnitude = 0;
        bool inexact = false, up = false;
        bool fits = value.Exponent < Extended.Bias + 64 && !value.IsUnsupported;
        if (fits && !value.IsZero)
        {
            // The integer part in the upper half, the fraction in the lower.
            UInt128 significand = ShiftRight((UInt128)value.Significand << 64, Extended.Bias + 63 - Math.Max(1, value.Exponent));
            inexact = (ulong)significand != 0;
            up = !truncate && RoundsUp(value.IsNegative, significand, UInt128.One << 64);
            magnitude = (significand >> 64) + (up ? 1u : 0u);
        }

        UInt128 limit = UInt128.One << (bits - 1);
        if (!fits || (value.IsNegative ? magnitude > limit : magnitude >= limit))
        {
            Raise(Invalid);
            return indefinite;
        }

        if (inexact)
            Raise(up ? Precision | RoundedUp : Precision);
        return value.IsNegative ? (long)(0 - (ulong)magnitude) : (long)(ulong)magnitude;
    }

    private Extended InvalidResult()
    {
        Raise(Invalid);
        return Extended.Indefinite;
    }

    /// <summary>Of two NaNs the one with the larger significand, but a quiet one before a signaling one.</summary>
    private Extended Propagate(Extended a, Extended b)
    {
        if (a.IsSignaling || b.IsSignaling)
            Raise(Invalid);
        if (!a.IsNaN || !b.IsNaN)
            return a.IsNaN ? a.Quiet : b.Quiet;
        if (a.IsSignaling != b.IsSignaling)
            return a.IsSignaling ? b : a;
        ulong x = a.Quiet.Significand, y = b.Quiet.Significand;
        return x == y ? (a.IsNegative ? b.Quiet : a.Quiet) : x > y ? a.Quiet : b.Quiet;
    }

    private Extended Round(bool negative, int exponent, UInt128 significand)
    {
        (exponent, ulong rounded) = Round(negative, exponent, significand, _precision, 1, Extended.MaximumExponent - 1);
        if (exponent > Extended.MaximumExponent - 1)
            return Extended.Infinity(negative);
        return Extended.Make(negative, (rounded & Extended.IntegerBit) == 0 ? 0 : exponent, rounded);
    }

    /// <summary>Rounds a significand whose bit 127 is set to a number of bits and a range of exponents.</summary>
    /// <returns>An exponent above the largest for infinity; a significand without its highest bit for a denormal.</returns>
    private (int Exponent, ulong Significand) Round(bool negative, int exponent, UInt128 significand, int bits, int smallest, int largest)
    {
        UInt128 unit = UInt128.One << (128 - bits);
        bool tiny = exponent < smallest;
        if (tiny)
        {
            // Tiny is what would still be below the smallest normal number if exponents had no limit.
            bool reaches = exponent == smallest - 1 && significand >= 0 - unit && RoundsUp(negative, significand, unit);
            tiny = !reaches;
            significand = ShiftRight(significand, smallest - exponent);
            exponent = smallest;
        }

        bool inexact = (significand & (unit - 1)) != 0;
        bool up = RoundsUp(negative, significand, unit);
        significand &= ~(unit - 1);
        if (up)
        {
            significand += unit;
            if (significand == 0)
            {
                significand = UInt128.One << 127;
                exponent++;
            }
        }

        if (exponent > largest)
        {
            bool toInfinity = _rounding == Nearest || _rounding == (negative ? Down : Up);
            Raise(Overflow | Precision | (toInfinity ? RoundedUp : 0));
            return toInfinity ? (exponent, 0) : (largest, (ulong)((0 - unit) >> 64));
        }

        if (inexact)
            Raise(Precision | (up ? RoundedUp : 0) | (tiny ? Underflow : 0));
        return (exponent, (ulong)(significand >> 64));
    }

    private readonly bool RoundsUp(bool negative, UInt128 significand, UInt128 unit)
    {
        UInt128 rest = significand & (unit - 1), half = unit >> 1;
        return rest != 0 && _rounding switch
        {
            Nearest => rest > half || (rest == half && (significand & unit) != 0),
            Down => negative,
            Up => !negative,
            _ => false,
        };
    }

    /// <summary>A single or double of the given number of significant and exponent bits.</summary>
    private ulong Narrow(Extended value, int bits, int exponentBits)
    {
        int special = (1 << exponentBits) - 1, bias = special >> 1;
        ulong sign = value.IsNegative ? 1ul << (bits + exponentBits - 1) : 0;
        ulong Pack(int exponent, ulong significand) => sign | ((ulong)exponent << (bits - 1)) | ((significand & ~Extended.IntegerBit) >> (64 - bits));
        if (value.IsUnsupported)
            value = InvalidResult();
        if (value.IsNaN)
        {
            if (value.IsSignaling)
                Raise(Invalid);
            sign = value.IsNegative ? 1ul << (bits + exponentBits - 1) : 0;
            return Pack(special, value.Quiet.Significand);
        }

        if (value.IsInfinity)
            return Pack(special, 0);
        if (value.IsZero)
            return sign;
        int shift = System.Numerics.BitOperations.LeadingZeroCount(value.Significand);
        int exponent = Math.Max(1, value.Exponent) - shift - Extended.Bias + bias;
        (exponent, ulong significand) = Round(value.IsNegative, exponent, (UInt128)(value.Significand << shift) << 64, bits, 1, special - 1);
        if (exponent >= special)
            return Pack(special, 0);
        return Pack((significand & Extended.IntegerBit) == 0 ? 0 : exponent, significand);
    }

    /// <summary>Exponent and significand in one number that is ordered as the magnitudes are; pseudo-denormals count as normal.</summary>
    private static UInt128 Magnitude(Extended value) =>
        ((UInt128)(value.Exponent == 0 && (value.Significand & Extended.IntegerBit) != 0 ? 1 : value.Exponent) << 64) | value.Significand;

    /// <summary>What is shifted out leaves a mark in the lowest bit.</summary>
    private static UInt128 ShiftRight(UInt128 value, int count)
    {
        if (count <= 0)
            return value;
        if (count > 127)
            return value == 0 ? 0 : UInt128.One;
        UInt128 shifted = value >> count;
        return shifted << count == value ? shifted : shifted | 1;
    }
}

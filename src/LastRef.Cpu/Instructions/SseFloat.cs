using System.Runtime.Intrinsics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Float and double arithmetic, comparisons and rounding.</summary>
/// <remarks>
/// Arithmetic is done with rounding to nearest, all exceptions masked and denormals as they are; with any other mxcsr the instruction is unsupported.
/// The sticky exception bits of mxcsr are not kept. NaN results follow the operand order of SSE, which hosts differ in.
/// </remarks>
internal static unsafe class SseFloat
{
    /// <summary>Masks of the six exceptions; rounding, flush-to-zero, denormals-are-zero must be clear.</summary>
    private const uint ControlBits = 0xFFC0, MaskedNearest = 0x1F80;

    public static bool CheckControl(Processor cpu)
    {
        if ((cpu.R.Mxcsr & ControlBits) == MaskedNearest)
            return true;
        cpu.Unsupported();
        return false;
    }

    /// <summary>add, sub, mul, div, min, max, sqrt in the four forms ps, pd, ss, sd.</summary>
    public static void Arithmetic(Processor cpu, in Instruction i, FloatOperation operation, FloatForm form)
    {
        if (!CheckControl(cpu))
            return;
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1);
        cpu.SetX(i, 0, form switch
        {
            FloatForm.PackedSingle => Lanes.Make((operation, a, b), static (t, n) => Single(t.operation, t.a.Lane<float>(n), t.b.Lane<float>(n))),
            FloatForm.PackedDouble => Lanes.Make((operation, a, b), static (t, n) => Double(t.operation, t.a.Lane<double>(n), t.b.Lane<double>(n))),
            FloatForm.Single => a.With(0, Single(operation, a.Lane<float>(0), b.Lane<float>(0))),
            _ => a.With(0, Double(operation, a.Lane<double>(0), b.Lane<double>(0))),
        });
    }

    public static void Compare(Processor cpu, in Instruction i, FloatForm form)
    {
        if (!CheckControl(cpu))
            return;
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1);
        int predicate = i.Immediate8 & 7;
        cpu.SetX(i, 0, form switch
        {
            FloatForm.PackedSingle => Lanes.Make((predicate, a, b), static (t, n) => Holds(t.predicate, t.a.Lane<float>(n), t.b.Lane<float>(n)) ? uint.MaxValue : 0),
            FloatForm.PackedDouble => Lanes.Make((predicate, a, b), static (t, n) => Holds(t.predicate, t.a.Lane<double>(n), t.b.Lane<double>(n)) ? ulong.MaxValue : 0),
            FloatForm.Single => a.With(0, Holds(predicate, a.Lane<float>(0), b.Lane<float>(0)) ? uint.MaxValue : 0),
            _ => a.With(0, Holds(predicate, a.Lane<double>(0), b.Lane<double>(0)) ? ulong.MaxValue : 0),
        });
    }

    /// <summary>comiss to ucomisd: unordered sets ZF, PF and CF.</summary>
    public static void CompareScalar(Processor cpu, in Instruction i, bool isSingle)
    {
        if (!CheckControl(cpu))
            return;
        Vector128<byte> x = cpu.GetX(i, 0), y = cpu.GetX(i, 1);
        double a = isSingle ? x.Lane<float>(0) : x.Lane<double>(0);
        double b = isSingle ? y.Lane<float>(0) : y.Lane<double>(0);
        if (cpu.Faulted)
            return;
        Flags.SetExplicit(cpu.State, double.IsNaN(a) || double.IsNaN(b) ? Flags.Zero | Flags.Parity | Flags.Carry
            : a == b ? Flags.Zero : a < b ? Flags.Carry : 0);
    }

    public static void Round(Processor cpu, in Instruction i, FloatForm form)
    {
        if (!CheckControl(cpu))
            return;
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1);
        int mode = (i.Immediate8 & 4) != 0 ? 0 : i.Immediate8 & 3;
        cpu.SetX(i, 0, form switch
        {
            FloatForm.PackedSingle => Lanes.Make((b, mode), static (t, n) => RoundSingle(t.b.Lane<float>(n), t.mode)),
            FloatForm.PackedDouble => Lanes.Make((b, mode), static (t, n) => RoundDouble(t.b.Lane<double>(n), t.mode)),
            FloatForm.Single => a.With(0, RoundSingle(b.Lane<float>(0), mode)),
            _ => a.With(0, RoundDouble(b.Lane<double>(0), mode)),
        });
    }

    /// <summary>hadd, hsub, addsub.</summary>
    public static void Horizontal(Processor cpu, in Instruction i)
    {
        if (!CheckControl(cpu))
            return;
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1);
        cpu.SetX(i, 0, i.Mnemonic switch
        {
            Mnemonic.Haddps => Lanes.Make((a, b), static (t, n) => PairSingle(FloatOperation.Add, n < 2 ? t.a : t.b, n & 1)),
            Mnemonic.Hsubps => Lanes.Make((a, b), static (t, n) => PairSingle(FloatOperation.Subtract, n < 2 ? t.a : t.b, n & 1)),
            Mnemonic.Haddpd => Lanes.Make((a, b), static (t, n) => PairDouble(FloatOperation.Add, n < 1 ? t.a : t.b)),
            Mnemonic.Hsubpd => Lanes.Make((a, b), static (t, n) => PairDouble(FloatOperation.Subtract, n < 1 ? t.a : t.b)),
            Mnemonic.Addsubps => Lanes.Make((a, b), static (t, n) => Single(Alternate(n), t.a.Lane<float>(n), t.b.Lane<float>(n))),
            _ => Lanes.Make((a, b), static (t, n) => Double(Alternate(n), t.a.Lane<double>(n), t.b.Lane<double>(n))),
        });
    }

    public static void DotProduct(Processor cpu, in Instruction i)
    {
        if (!CheckControl(cpu))
            return;
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1);
        int control = i.Immediate8;
        if (i.Mnemonic == Mnemonic.Dppd)
        {
            double first = (control & 0x10) != 0 ? Double(FloatOperation.Multiply, a.Lane<double>(0), b.Lane<double>(0)) : 0;
            double second = (control & 0x20) != 0 ? Double(FloatOperation.Multiply, a.Lane<double>(1), b.Lane<double>(1)) : 0;
            double total = Double(FloatOperation.Add, first, second);
            cpu.SetX(i, 0, Lanes.Make((control, total), static (t, n) => (t.control >> n & 1) != 0 ? t.total : 0.0));
            return;
        }

        Span<float> products = stackalloc float[4];
        for (int n = 0; n < 4; n++)
            products[n] = (control >> (4 + n) & 1) != 0 ? Single(FloatOperation.Multiply, a.Lane<float>(n), b.Lane<float>(n)) : 0;
        float low = Single(FloatOperation.Add, products[0], products[1]);
        float high = Single(FloatOperation.Add, products[2], products[3]);
        float sum = Single(FloatOperation.Add, low, high);
        cpu.SetX(i, 0, Lanes.Make((control, sum), static (t, n) => (t.control >> n & 1) != 0 ? t.sum : 0f));
    }

    public static float RoundSingle(float x, int mode) => float.IsNaN(x) ? Quiet(x) : mode switch
    {
        0 => MathF.Round(x, MidpointRounding.ToEven),
        1 => MathF.Floor(x),
        2 => MathF.Ceiling(x),
        _ => MathF.Truncate(x),
    };

    public static double RoundDouble(double x, int mode) => double.IsNaN(x) ? Quiet(x) : mode switch
    {
        0 => Math.Round(x, MidpointRounding.ToEven),
        1 => Math.Floor(x),
        2 => Math.Ceiling(x),
        _ => Math.Truncate(x),
    };

    public static float Quiet(float x) => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(x) | 0x400000);

    public static double Quiet(double x) => BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(x) | 0x8000000000000);

    private static FloatOperation Alternate(int lane) => (lane & 1) == 0 ? FloatOperation.Subtract : FloatOperation.Add;

    private static float PairSingle(FloatOperation operation, Vector128<byte> v, int pair) =>
        Single(operation, v.Lane<float>(2 * pair), v.Lane<float>((2 * pair) + 1));

    private static double PairDouble(FloatOperation operation, Vector128<byte> v) => Double(operation, v.Lane<double>(0), v.Lane<double>(1));

    private static float Single(FloatOperation operation, float a, float b)
    {
        switch (operation)
        {
            // Minimum and maximum give the second operand when in doubt: NaN, or zeros of either sign.
            case FloatOperation.Minimum: return a < b ? a : b;
            case FloatOperation.Maximum: return a > b ? a : b;
            case FloatOperation.SquareRoot: a = b; break;
        }

        if (float.IsNaN(a))
            return Quiet(a);
        if (float.IsNaN(b))
            return Quiet(b);
        float result = operation switch
        {
            FloatOperation.Add => a + b,
            FloatOperation.Subtract => a - b,
            FloatOperation.Multiply => a * b,
            FloatOperation.Divide => a / b,
            _ => MathF.Sqrt(b),
        };
        return float.IsNaN(result) ? BitConverter.UInt32BitsToSingle(0xFFC00000) : result;
    }

    private static double Double(FloatOperation operation, double a, double b)
    {
        switch (operation)
        {
            case FloatOperation.Minimum: return a < b ? a : b;
            case FloatOperation.Maximum: return a > b ? a : b;
            case FloatOperation.SquareRoot: a = b; break;
        }

        if (double.IsNaN(a))
            return Quiet(a);
        if (double.IsNaN(b))
            return Quiet(b);
        double result = operation switch
        {
            FloatOperation.Add => a + b,
            FloatOperation.Subtract => a - b,
            FloatOperation.Multiply => a * b,
            FloatOperation.Divide => a / b,
            _ => Math.Sqrt(b),
        };
        return double.IsNaN(result) ? BitConverter.UInt64BitsToDouble(0xFFF8000000000000) : result;
    }

    private static bool Holds(int predicate, double a, double b)
    {
        bool unordered = double.IsNaN(a) || double.IsNaN(b);
        return predicate switch
        {
            0 => a == b,
            1 => a < b,
            2 => a <= b,
            3 => unordered,
            4 => a != b,
            5 => !(a < b),
            6 => !(a <= b),
            _ => !unordered,
        };
    }
}

internal enum FloatOperation
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Minimum,
    Maximum,
    SquareRoot,
}

internal enum FloatForm
{
    PackedSingle,
    PackedDouble,
    Single,
    Double,
}

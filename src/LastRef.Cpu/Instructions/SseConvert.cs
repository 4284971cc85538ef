using System.Runtime.Intrinsics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Conversions between integers, float and double. What does not fit gives the indefinite integer (only the sign bit set).</summary>
internal static class SseConvert
{
    public static void Execute(Processor cpu, in Instruction i)
    {
        if (!SseFloat.CheckControl(cpu))
            return;
        switch (i.Mnemonic)
        {
            case Mnemonic.Cvtsi2ss or Mnemonic.Cvtsi2sd:
                FromInteger(cpu, i);
                return;
            case Mnemonic.Cvtss2si or Mnemonic.Cvttss2si or Mnemonic.Cvtsd2si or Mnemonic.Cvttsd2si:
                ToInteger(cpu, i);
                return;
        }

        if (i.Op0Register is >= Register.MM0 and <= Register.MM7)
        {
            cpu.Unsupported();
            return;
        }

        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1);
        Vector128<byte>? result = i.Mnemonic switch
        {
            Mnemonic.Cvtss2sd => a.With(0, Widen(b.Lane<float>(0))),
            Mnemonic.Cvtsd2ss => a.With(0, Narrow(b.Lane<double>(0))),
            Mnemonic.Cvtps2pd => Lanes.Make(b, static (b, n) => Widen(b.Lane<float>(n))),
            Mnemonic.Cvtpd2ps => Lanes.Make(b, static (b, n) => n < 2 ? Narrow(b.Lane<double>(n)) : 0f),
            Mnemonic.Cvtdq2ps => Lanes.Make(b, static (b, n) => (float)b.Lane<int>(n)),
            Mnemonic.Cvtdq2pd => Lanes.Make(b, static (b, n) => (double)b.Lane<int>(n)),
            Mnemonic.Cvtps2dq => Lanes.Make(b, static (b, n) => (int)Integer(SseFloat.RoundSingle(b.Lane<float>(n), 0), 4)),
            Mnemonic.Cvttps2dq => Lanes.Make(b, static (b, n) => (int)Integer(SseFloat.RoundSingle(b.Lane<float>(n), 3), 4)),
            Mnemonic.Cvtpd2dq => Lanes.Make(b, static (b, n) => n < 2 ? (int)Integer(SseFloat.RoundDouble(b.Lane<double>(n), 0), 4) : 0),
            Mnemonic.Cvttpd2dq => Lanes.Make(b, static (b, n) => n < 2 ? (int)Integer(SseFloat.RoundDouble(b.Lane<double>(n), 3), 4) : 0),
            _ => null,
        };
        if (result == null)
            cpu.Unsupported();
        else
            cpu.SetX(i, 0, result.Value);
    }

    private static void FromInteger(Processor cpu, in Instruction i)
    {
        long value = Arithmetic.Extend(cpu.Get(i, 1), Processor.SizeOf(i, 1));
        Vector128<byte> a = cpu.GetX(i, 0);
        cpu.SetX(i, 0, i.Mnemonic == Mnemonic.Cvtsi2ss ? a.With(0, (float)value) : a.With(0, (double)value));
    }

    private static void ToInteger(Processor cpu, in Instruction i)
    {
        Vector128<byte> b = cpu.GetX(i, 1);
        bool isSingle = i.Mnemonic is Mnemonic.Cvtss2si or Mnemonic.Cvttss2si;
        int mode = i.Mnemonic is Mnemonic.Cvttss2si or Mnemonic.Cvttsd2si ? 3 : 0;
        double value = isSingle ? b.Lane<float>(0) : b.Lane<double>(0);
        cpu.Set(i, 0, (ulong)Integer(SseFloat.RoundDouble(value, mode), Processor.SizeOf(i, 0)));
    }

    private static long Integer(double rounded, int size) => size == 4
        ? rounded is >= int.MinValue and <= int.MaxValue ? (long)rounded : int.MinValue
        : rounded is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)rounded : long.MinValue;

    private static double Widen(float x)
    {
        if (!float.IsNaN(x))
            return x;
        uint bits = BitConverter.SingleToUInt32Bits(SseFloat.Quiet(x));
        return BitConverter.UInt64BitsToDouble(((ulong)(bits & 0x80000000) << 32) | 0x7FF0000000000000 | ((ulong)(bits & 0x7FFFFF) << 29));
    }

    private static float Narrow(double x)
    {
        if (!double.IsNaN(x))
            return (float)x;
        ulong bits = BitConverter.DoubleToUInt64Bits(SseFloat.Quiet(x));
        return BitConverter.UInt32BitsToSingle((uint)(bits >> 32 & 0x80000000) | 0x7F800000 | (uint)(bits >> 29 & 0x7FFFFF));
    }
}

using System.Runtime.Intrinsics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Vector shifts and everything with an immediate or implicit selector.</summary>
internal static class SseShuffles
{
    public static void Shift(Processor cpu, in Instruction i)
    {
        Vector128<byte> a = cpu.GetX(i, 0);
        ulong wide = i.Op1Kind == OpKind.Immediate8 ? i.Immediate8 : cpu.GetX(i, 1).Lane<ulong>(0);
        cpu.SetX(i, 0, Shifted(i.Mnemonic, a, (int)Math.Min(wide, 255)));
    }

    public static Vector128<byte> Shifted(Mnemonic mnemonic, Vector128<byte> a, int n) => mnemonic switch
    {
        Mnemonic.Psllw => n > 15 ? default : (a.AsUInt16() << n).AsByte(),
        Mnemonic.Pslld => n > 31 ? default : (a.AsUInt32() << n).AsByte(),
        Mnemonic.Psllq => n > 63 ? default : (a.AsUInt64() << n).AsByte(),
        Mnemonic.Psrlw => n > 15 ? default : (a.AsUInt16() >>> n).AsByte(),
        Mnemonic.Psrld => n > 31 ? default : (a.AsUInt32() >>> n).AsByte(),
        Mnemonic.Psrlq => n > 63 ? default : (a.AsUInt64() >>> n).AsByte(),
        Mnemonic.Psraw => (a.AsInt16() >> Math.Min(n, 15)).AsByte(),
        Mnemonic.Psrad => (a.AsInt32() >> Math.Min(n, 31)).AsByte(),
        Mnemonic.Pslldq => Lanes.Make((a, n), static (t, b) => b - t.n >= 0 ? t.a[b - t.n] : (byte)0),
        _ => Lanes.Make((a, n), static (t, b) => b + t.n < 16 ? t.a[b + t.n] : (byte)0),
    };

    public static void Shuffle(Processor cpu, in Instruction i)
    {
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1);
        int c = i.Immediate8;
        Vector128<byte> r = i.Mnemonic switch
        {
            Mnemonic.Pshufd => Lanes.Make((b, c), static (t, n) => t.b.Lane<uint>(t.c >> (2 * n) & 3)),
            Mnemonic.Pshuflw => Lanes.Make((b, c), static (t, n) => t.b.Lane<ushort>(n < 4 ? t.c >> (2 * n) & 3 : n)),
            Mnemonic.Pshufhw => Lanes.Make((b, c), static (t, n) => t.b.Lane<ushort>(n < 4 ? n : 4 + (t.c >> (2 * (n - 4)) & 3))),
            Mnemonic.Shufps => Lanes.Make((a, b, c), static (t, n) => (n < 2 ? t.a : t.b).Lane<uint>(t.c >> (2 * n) & 3)),
            Mnemonic.Shufpd => Lanes.Make((a, b, c), static (t, n) => (n < 1 ? t.a : t.b).Lane<ulong>(t.c >> n & 1)),
            Mnemonic.Palignr => Lanes.Make((c, b, a), static (t, n) => n + t.c < 16 ? t.b[n + t.c] : n + t.c < 32 ? t.a[n + t.c - 16] : (byte)0),
            Mnemonic.Pblendw => Lanes.Make((c, b, a), static (t, n) => ((t.c >> n & 1) != 0 ? t.b : t.a).Lane<ushort>(n)),
            Mnemonic.Blendps => Lanes.Make((c, b, a), static (t, n) => ((t.c >> n & 1) != 0 ? t.b : t.a).Lane<uint>(n)),
            Mnemonic.Blendpd => Lanes.Make((c, b, a), static (t, n) => ((t.c >> n & 1) != 0 ? t.b : t.a).Lane<ulong>(n)),
            Mnemonic.Mpsadbw => Lanes.Make((a, b, c), static (t, n) => BlockDifference(t.a, t.b, ((t.c & 4) != 0 ? 4 : 0) + n, (t.c & 3) * 4)),
            Mnemonic.Pclmulqdq => CarrylessProduct(a.Lane<ulong>(c & 1), b.Lane<ulong>(c >> 4 & 1)),
            _ => Aes.KeyGenerationAssist(b, (byte)c),
        };
        cpu.SetX(i, 0, r);
    }

    /// <summary>pblendvb, blendvps, blendvpd: xmm0 selects by sign bits.</summary>
    public static unsafe void BlendVariable(Processor cpu, in Instruction i)
    {
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1), mask = cpu.Xmm[0];
        cpu.SetX(i, 0, i.Mnemonic switch
        {
            Mnemonic.Pblendvb => Lanes.Make((mask, b, a), static (t, n) => (t.mask.Lane<sbyte>(n) < 0 ? t.b : t.a)[n]),
            Mnemonic.Blendvps => Lanes.Make((mask, b, a), static (t, n) => (t.mask.Lane<int>(n) < 0 ? t.b : t.a).Lane<uint>(n)),
            _ => Lanes.Make((mask, b, a), static (t, n) => (t.mask.Lane<long>(n) < 0 ? t.b : t.a).Lane<ulong>(n)),
        });
    }

    public static unsafe void Ptest(Processor cpu, in Instruction i)
    {
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1);
        Flags.SetExplicit(cpu.State, ((a & b) == default ? Flags.Zero : 0) | ((~a & b) == default ? Flags.Carry : 0));
    }

    private static ushort BlockDifference(Vector128<byte> a, Vector128<byte> b, int at, int block)
    {
        int sum = 0;
        for (int n = 0; n < 4; n++)
            sum += Math.Abs(a[at + n] - b[block + n]);
        return (ushort)sum;
    }

    private static Vector128<byte> CarrylessProduct(ulong a, ulong b)
    {
        UInt128 product = 0;
        for (int n = 0; n < 64; n++)
        {
            if ((b >> n & 1) != 0)
                product ^= (UInt128)a << n;
        }

        return Vector128.Create((ulong)product, (ulong)(product >> 64)).AsByte();
    }
}

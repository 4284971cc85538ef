using System.Runtime.Intrinsics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Integer vector arithmetic and logic with two operands.</summary>
internal static class SseInteger
{
    public static bool Execute(Processor cpu, in Instruction i)
    {
        // The VEX forms are not implemented.
        if (!Processor.IsXmm(i.Op0Register) || i.Encoding != EncodingKind.Legacy || !IsKnown(cpu, i.Mnemonic))
            return false;
        Vector128<byte> a = cpu.GetX(i, 0), b = cpu.GetX(i, 1);
        if (!TryCompute(i.Mnemonic, a, b, out Vector128<byte> result))
            return false;
        cpu.SetX(i, 0, result);
        return true;
    }

    /// <summary>Asked before the operands are read: an instruction that is not known must not fault. Found out once for each mnemonic.</summary>
    public static bool IsKnown(Processor cpu, Mnemonic mnemonic)
    {
        ref bool? known = ref cpu.KnownVectorIntegers[(int)mnemonic];
        known ??= TryCompute(mnemonic, default, default, out _);
        return known.Value;
    }

    public static bool TryCompute(Mnemonic mnemonic, Vector128<byte> a, Vector128<byte> b, out Vector128<byte> r)
    {
        r = default;
        switch (mnemonic)
        {
            case Mnemonic.Pxor or Mnemonic.Xorps or Mnemonic.Xorpd: r = a ^ b; break;
            case Mnemonic.Pand or Mnemonic.Andps or Mnemonic.Andpd: r = a & b; break;
            case Mnemonic.Por or Mnemonic.Orps or Mnemonic.Orpd: r = a | b; break;
            case Mnemonic.Pandn or Mnemonic.Andnps or Mnemonic.Andnpd: r = ~a & b; break;

            case Mnemonic.Paddb: r = a + b; break;
            case Mnemonic.Paddw: r = (a.AsUInt16() + b.AsUInt16()).AsByte(); break;
            case Mnemonic.Paddd: r = (a.AsUInt32() + b.AsUInt32()).AsByte(); break;
            case Mnemonic.Paddq: r = (a.AsUInt64() + b.AsUInt64()).AsByte(); break;
            case Mnemonic.Psubb: r = a - b; break;
            case Mnemonic.Psubw: r = (a.AsUInt16() - b.AsUInt16()).AsByte(); break;
            case Mnemonic.Psubd: r = (a.AsUInt32() - b.AsUInt32()).AsByte(); break;
            case Mnemonic.Psubq: r = (a.AsUInt64() - b.AsUInt64()).AsByte(); break;
            case Mnemonic.Paddsb: r = Lanes.Map<sbyte>(a, b, static (x, y) => (sbyte)Math.Clamp(x + y, -128, 127)); break;
            case Mnemonic.Paddsw: r = Lanes.Map<short>(a, b, static (x, y) => Saturate16(x + y)); break;
            case Mnemonic.Paddusb: r = Lanes.Map<byte>(a, b, static (x, y) => (byte)Math.Min(x + y, 255)); break;
            case Mnemonic.Paddusw: r = Lanes.Map<ushort>(a, b, static (x, y) => (ushort)Math.Min(x + y, 65535)); break;
            case Mnemonic.Psubsb: r = Lanes.Map<sbyte>(a, b, static (x, y) => (sbyte)Math.Clamp(x - y, -128, 127)); break;
            case Mnemonic.Psubsw: r = Lanes.Map<short>(a, b, static (x, y) => Saturate16(x - y)); break;
            case Mnemonic.Psubusb: r = Lanes.Map<byte>(a, b, static (x, y) => (byte)Math.Max(x - y, 0)); break;
            case Mnemonic.Psubusw: r = Lanes.Map<ushort>(a, b, static (x, y) => (ushort)Math.Max(x - y, 0)); break;

            case Mnemonic.Pmullw: r = (a.AsInt16() * b.AsInt16()).AsByte(); break;
            case Mnemonic.Pmulld: r = (a.AsInt32() * b.AsInt32()).AsByte(); break;
            case Mnemonic.Pmulhw: r = Lanes.Map<short>(a, b, static (x, y) => (short)((x * y) >> 16)); break;
            case Mnemonic.Pmulhuw: r = Lanes.Map<ushort>(a, b, static (x, y) => (ushort)(((uint)x * y) >> 16)); break;
            case Mnemonic.Pmulhrsw: r = Lanes.Map<short>(a, b, static (x, y) => (short)((((x * y) >> 14) + 1) >> 1)); break;
            case Mnemonic.Pmuludq: r = Lanes.Map<ulong>(a, b, static (x, y) => (ulong)(uint)x * (uint)y); break;
            case Mnemonic.Pmuldq: r = Lanes.Map<long>(a, b, static (x, y) => (long)(int)x * (int)y); break;
            case Mnemonic.Pmaddwd:
                r = Lanes.Make((a, b), static (t, n) => unchecked((t.a.Lane<short>(2 * n) * t.b.Lane<short>(2 * n)) + (t.a.Lane<short>((2 * n) + 1) * t.b.Lane<short>((2 * n) + 1))));
                break;
            case Mnemonic.Pmaddubsw:
                r = Lanes.Make((a, b), static (t, n) => Saturate16((t.a[2 * n] * t.b.Lane<sbyte>(2 * n)) + (t.a[(2 * n) + 1] * t.b.Lane<sbyte>((2 * n) + 1))));
                break;
            case Mnemonic.Psadbw: r = Lanes.Make((a, b), static (t, n) => SumOfDifferences(t.a, t.b, n * 8)); break;

            case Mnemonic.Pavgb: r = Lanes.Map<byte>(a, b, static (x, y) => (byte)((x + y + 1) >> 1)); break;
            case Mnemonic.Pavgw: r = Lanes.Map<ushort>(a, b, static (x, y) => (ushort)((x + y + 1) >> 1)); break;
            case Mnemonic.Pminub: r = Vector128.Min(a, b); break;
            case Mnemonic.Pminsb: r = Vector128.Min(a.AsSByte(), b.AsSByte()).AsByte(); break;
            case Mnemonic.Pminuw: r = Vector128.Min(a.AsUInt16(), b.AsUInt16()).AsByte(); break;
            case Mnemonic.Pminsw: r = Vector128.Min(a.AsInt16(), b.AsInt16()).AsByte(); break;
            case Mnemonic.Pminud: r = Vector128.Min(a.AsUInt32(), b.AsUInt32()).AsByte(); break;
            case Mnemonic.Pminsd: r = Vector128.Min(a.AsInt32(), b.AsInt32()).AsByte(); break;
            case Mnemonic.Pmaxub: r = Vector128.Max(a, b); break;
            case Mnemonic.Pmaxsb: r = Vector128.Max(a.AsSByte(), b.AsSByte()).AsByte(); break;
            case Mnemonic.Pmaxuw: r = Vector128.Max(a.AsUInt16(), b.AsUInt16()).AsByte(); break;
            case Mnemonic.Pmaxsw: r = Vector128.Max(a.AsInt16(), b.AsInt16()).AsByte(); break;
            case Mnemonic.Pmaxud: r = Vector128.Max(a.AsUInt32(), b.AsUInt32()).AsByte(); break;
            case Mnemonic.Pmaxsd: r = Vector128.Max(a.AsInt32(), b.AsInt32()).AsByte(); break;

            case Mnemonic.Pcmpeqb: r = Vector128.Equals(a, b); break;
            case Mnemonic.Pcmpeqw: r = Vector128.Equals(a.AsInt16(), b.AsInt16()).AsByte(); break;
            case Mnemonic.Pcmpeqd: r = Vector128.Equals(a.AsInt32(), b.AsInt32()).AsByte(); break;
            case Mnemonic.Pcmpeqq: r = Vector128.Equals(a.AsInt64(), b.AsInt64()).AsByte(); break;
            case Mnemonic.Pcmpgtb: r = Vector128.GreaterThan(a.AsSByte(), b.AsSByte()).AsByte(); break;
            case Mnemonic.Pcmpgtw: r = Vector128.GreaterThan(a.AsInt16(), b.AsInt16()).AsByte(); break;
            case Mnemonic.Pcmpgtd: r = Vector128.GreaterThan(a.AsInt32(), b.AsInt32()).AsByte(); break;
            case Mnemonic.Pcmpgtq: r = Vector128.GreaterThan(a.AsInt64(), b.AsInt64()).AsByte(); break;

            case Mnemonic.Pabsb: r = Lanes.Map<sbyte>(b, static x => (sbyte)(x < 0 ? -x : x)); break;
            case Mnemonic.Pabsw: r = Lanes.Map<short>(b, static x => (short)(x < 0 ? -x : x)); break;
            case Mnemonic.Pabsd: r = Lanes.Map<int>(b, static x => unchecked(x < 0 ? -x : x)); break;
            case Mnemonic.Psignb: r = Lanes.Map<sbyte>(a, b, static (x, y) => (sbyte)(y < 0 ? -x : y == 0 ? 0 : x)); break;
            case Mnemonic.Psignw: r = Lanes.Map<short>(a, b, static (x, y) => (short)(y < 0 ? -x : y == 0 ? 0 : x)); break;
            case Mnemonic.Psignd: r = Lanes.Map<int>(a, b, static (x, y) => unchecked(y < 0 ? -x : y == 0 ? 0 : x)); break;

            case Mnemonic.Phaddw: r = Horizontal(a, b, static (x, y) => (short)(x + y)); break;
            case Mnemonic.Phaddsw: r = Horizontal(a, b, static (x, y) => Saturate16(x + y)); break;
            case Mnemonic.Phsubw: r = Horizontal(a, b, static (x, y) => (short)(x - y)); break;
            case Mnemonic.Phsubsw: r = Horizontal(a, b, static (x, y) => Saturate16(x - y)); break;
            case Mnemonic.Phaddd: r = Lanes.Make((a, b), static (t, n) => Pair<int>(t.a, t.b, n, 0) + Pair<int>(t.a, t.b, n, 1)); break;
            case Mnemonic.Phsubd: r = Lanes.Make((a, b), static (t, n) => Pair<int>(t.a, t.b, n, 0) - Pair<int>(t.a, t.b, n, 1)); break;

            case Mnemonic.Packsswb: r = Pack(a, b, static x => (byte)(sbyte)Math.Clamp((int)x, -128, 127)); break;
            case Mnemonic.Packuswb: r = Pack(a, b, static x => (byte)Math.Clamp((int)x, 0, 255)); break;
            case Mnemonic.Packssdw: r = PackDwords(a, b, static x => (ushort)Saturate16(x)); break;
            case Mnemonic.Packusdw: r = PackDwords(a, b, static x => (ushort)Math.Clamp(x, 0, 65535)); break;
            case Mnemonic.Punpcklbw: r = Interleave<byte>(a, b, 0); break;
            case Mnemonic.Punpcklwd: r = Interleave<ushort>(a, b, 0); break;
            case Mnemonic.Punpckldq or Mnemonic.Unpcklps: r = Interleave<uint>(a, b, 0); break;
            case Mnemonic.Punpcklqdq or Mnemonic.Unpcklpd: r = Interleave<ulong>(a, b, 0); break;
            case Mnemonic.Punpckhbw: r = Interleave<byte>(a, b, 8); break;
            case Mnemonic.Punpckhwd: r = Interleave<ushort>(a, b, 4); break;
            case Mnemonic.Punpckhdq or Mnemonic.Unpckhps: r = Interleave<uint>(a, b, 2); break;
            case Mnemonic.Punpckhqdq or Mnemonic.Unpckhpd: r = Interleave<ulong>(a, b, 1); break;

            case Mnemonic.Pshufb: r = Lanes.Make((b, a), static (t, n) => t.b[n] >= 0x80 ? (byte)0 : t.a[t.b[n] & 15]); break;
            case Mnemonic.Phminposuw: r = MinimumPosition(b); break;

            case Mnemonic.Aesenc: r = Aes.Encrypt(a, b, last: false); break;
            case Mnemonic.Aesenclast: r = Aes.Encrypt(a, b, last: true); break;
            case Mnemonic.Aesdec: r = Aes.Decrypt(a, b, last: false); break;
            case Mnemonic.Aesdeclast: r = Aes.Decrypt(a, b, last: true); break;
            case Mnemonic.Aesimc: r = Aes.InverseMixColumns(b); break;
            default: return false;
        }

        return true;
    }

    public static short Saturate16(int x) => (short)Math.Clamp(x, short.MinValue, short.MaxValue);

    private static ulong SumOfDifferences(Vector128<byte> a, Vector128<byte> b, int first)
    {
        int sum = 0;
        for (int n = first; n < first + 8; n++)
            sum += Math.Abs(a[n] - b[n]);
        return (ulong)sum;
    }

    /// <summary>Element 0 or 1 of pair n, where a's pairs come before b's.</summary>
    private static T Pair<T>(Vector128<byte> a, Vector128<byte> b, int n, int element)
        where T : unmanaged
    {
        int half = Vector128<T>.Count / 2;
        return n < half ? a.Lane<T>((2 * n) + element) : b.Lane<T>((2 * (n - half)) + element);
    }

    private static Vector128<byte> Horizontal(Vector128<byte> a, Vector128<byte> b, Func<short, short, short> f) =>
        Lanes.Make((f, a, b), static (t, n) => t.f(Pair<short>(t.a, t.b, n, 0), Pair<short>(t.a, t.b, n, 1)));

    private static Vector128<byte> Pack(Vector128<byte> a, Vector128<byte> b, Func<short, byte> f) =>
        Lanes.Make((f, a, b), static (t, n) => t.f(n < 8 ? t.a.Lane<short>(n) : t.b.Lane<short>(n - 8)));

    private static Vector128<byte> PackDwords(Vector128<byte> a, Vector128<byte> b, Func<int, ushort> f) =>
        Lanes.Make((f, a, b), static (t, n) => t.f(n < 4 ? t.a.Lane<int>(n) : t.b.Lane<int>(n - 4)));

    private static Vector128<byte> Interleave<T>(Vector128<byte> a, Vector128<byte> b, int first)
        where T : unmanaged => Lanes.Make((a, b, first), static (t, n) => ((n & 1) == 0 ? t.a : t.b).Lane<T>(t.first + (n / 2)));

    private static Vector128<byte> MinimumPosition(Vector128<byte> v)
    {
        int best = 0;
        for (int n = 1; n < 8; n++)
        {
            if (v.Lane<ushort>(n) < v.Lane<ushort>(best))
                best = n;
        }

        return Vector128.CreateScalar(v.Lane<ushort>(best) | ((uint)best << 16)).AsByte();
    }
}

using System.Numerics;
using System.Runtime.Intrinsics;

namespace LastRef.Cpu;

/// <summary>Rounds of AES on a state of sixteen bytes in column order, and the key schedule helper. Source: FIPS 197.</summary>
internal static class Aes
{
    private static readonly byte[] s_box = MakeBox();
    private static readonly byte[] s_inverseBox = Invert(s_box);

    public static Vector128<byte> Encrypt(Vector128<byte> state, Vector128<byte> key, bool last)
    {
        Vector128<byte> shifted = Lanes.Make(state, static (state, n) => s_box[state[(n + (4 * (n & 3))) & 15]]);
        return (last ? shifted : Mix(shifted, 2, 3, 1, 1)) ^ key;
    }

    public static Vector128<byte> Decrypt(Vector128<byte> state, Vector128<byte> key, bool last)
    {
        Vector128<byte> shifted = Lanes.Make(state, static (state, n) => s_inverseBox[state[(n - (4 * (n & 3))) & 15]]);
        return (last ? shifted : InverseMixColumns(shifted)) ^ key;
    }

    public static Vector128<byte> InverseMixColumns(Vector128<byte> state) => Mix(state, 14, 11, 13, 9);

    public static Vector128<byte> KeyGenerationAssist(Vector128<byte> source, byte round)
    {
        uint x1 = Substitute(source.Lane<uint>(1)), x3 = Substitute(source.Lane<uint>(3));
        return Vector128.Create(x1, BitOperations.RotateRight(x1, 8) ^ round, x3, BitOperations.RotateRight(x3, 8) ^ round).AsByte();
    }

    private static uint Substitute(uint word) =>
        s_box[word & 0xFF] | ((uint)s_box[word >> 8 & 0xFF] << 8) | ((uint)s_box[word >> 16 & 0xFF] << 16) | ((uint)s_box[word >> 24] << 24);

    private static Vector128<byte> Mix(Vector128<byte> s, byte f0, byte f1, byte f2, byte f3) => Lanes.Make((s, f0, f1, f2, f3), static (t, n) =>
    {
        int column = n & ~3;
        return (byte)(Multiply(t.s[n], t.f0) ^ Multiply(t.s[column + ((n + 1) & 3)], t.f1)
            ^ Multiply(t.s[column + ((n + 2) & 3)], t.f2) ^ Multiply(t.s[column + ((n + 3) & 3)], t.f3));
    });

    private static byte Multiply(byte a, byte b)
    {
        int product = 0, x = a;
        for (; b != 0; b >>= 1)
        {
            if ((b & 1) != 0)
                product ^= x;
            x = (x << 1) ^ ((x & 0x80) != 0 ? 0x11B : 0);
        }

        return (byte)product;
    }

    private static byte[] MakeBox()
    {
        byte[] box = new byte[256];
        for (int x = 0; x < 256; x++)
        {
            byte inverse = 0;
            for (int y = 1; y < 256 && x != 0; y++)
            {
                if (Multiply((byte)x, (byte)y) == 1)
                    inverse = (byte)y;
            }

            uint doubled = inverse * 0x101u;
            box[x] = (byte)(inverse ^ (doubled >> 7) ^ (doubled >> 6) ^ (doubled >> 5) ^ (doubled >> 4) ^ 0x63);
        }

        return box;
    }

    private static byte[] Invert(byte[] box)
    {
        byte[] inverse = new byte[256];
        for (int x = 0; x < 256; x++)
            inverse[box[x]] = (byte)x;
        return inverse;
    }
}

using System.Numerics;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Vector moves, lane extraction and insertion.</summary>
internal static unsafe class SseMoves
{
    public static void Whole(Processor cpu, in Instruction i) => cpu.SetX(i, 0, cpu.GetX(i, 1));

    public static void Unaligned(Processor cpu, in Instruction i) => cpu.SetX(i, 0, cpu.GetX(i, 1, aligned: false), aligned: false);

    /// <summary>movss and movsd: from memory the rest is cleared, between registers it is kept.</summary>
    public static void Scalar(Processor cpu, in Instruction i, int size)
    {
        Vector128<byte> source = cpu.GetX(i, 1);
        if (i.Op0Kind == OpKind.Register && i.Op1Kind == OpKind.Register)
            source = Low(source, cpu.GetX(i, 0), size);
        cpu.SetX(i, 0, source);
    }

    /// <summary>movd and movq between general and vector registers or memory.</summary>
    public static void General(Processor cpu, in Instruction i)
    {
        if (i.Op0Kind == OpKind.Register && Processor.IsXmm(i.Op0Register))
        {
            Vector128<byte> source = cpu.GetX(i, 1);
            cpu.SetX(i, 0, Vector128.CreateScalar(source.Lane<ulong>(0)).AsByte());
            return;
        }

        ulong value = Lowest(cpu, i, 1);
        if (!cpu.Faulted)
            cpu.Set(i, 0, value);
    }

    public static void HighOrLow(Processor cpu, in Instruction i, int lane)
    {
        if (i.Op0Kind == OpKind.Register)
            cpu.SetX(i, 0, cpu.GetX(i, 0).With(lane, cpu.GetX(i, 1).Lane<ulong>(0)));
        else
            cpu.Set(i, 0, cpu.GetX(i, 1).Lane<ulong>(lane));
    }

    public static void Movhlps(Processor cpu, in Instruction i) => cpu.SetX(i, 0, cpu.GetX(i, 0).With(0, cpu.GetX(i, 1).Lane<ulong>(1)));

    public static void Movlhps(Processor cpu, in Instruction i) => cpu.SetX(i, 0, cpu.GetX(i, 0).With(1, cpu.GetX(i, 1).Lane<ulong>(0)));

    public static void Duplicate(Processor cpu, in Instruction i)
    {
        Vector128<byte> source = cpu.GetX(i, 1);
        cpu.SetX(i, 0, i.Mnemonic switch
        {
            Mnemonic.Movddup => Vector128.Create(source.Lane<ulong>(0)).AsByte(),
            Mnemonic.Movsldup => Lanes.Make(source, static (source, n) => source.Lane<uint>(n & ~1)),
            _ => Lanes.Make(source, static (source, n) => source.Lane<uint>(n | 1)),
        });
    }

    public static void MoveMask(Processor cpu, in Instruction i)
    {
        if (!Processor.IsXmm(i.Op1Register))
        {
            cpu.Unsupported();
            return;
        }

        Vector128<byte> source = cpu.GetX(i, 1);
        cpu.Set(i, 0, i.Mnemonic switch
        {
            Mnemonic.Movmskps => source.AsUInt32().ExtractMostSignificantBits(),
            Mnemonic.Movmskpd => source.AsUInt64().ExtractMostSignificantBits(),
            _ => source.ExtractMostSignificantBits(),
        });
    }

    /// <summary>maskmovdqu: bytes whose mask byte is negative go to [rdi]; others are not touched.</summary>
    public static void MaskedStore(Processor cpu, in Instruction i)
    {
        Vector128<byte> source = cpu.GetX(i, 1), mask = cpu.GetX(i, 2);
        ulong address = (i.Op0Kind == OpKind.MemorySegEDI ? (uint)cpu.R.Rdi : cpu.R.Rdi) + cpu.SegmentBase(i.MemorySegment);
        for (int n = 0; n < 16; n++)
        {
            if (mask[n] >= 0x80)
                cpu.ProbeWrite(address + (ulong)n, 1);
        }

        for (int n = 0; n < 16; n++)
        {
            if (mask[n] >= 0x80)
                cpu.Write(address + (ulong)n, 1, source[n]);
        }
    }

    public static void Extract(Processor cpu, in Instruction i)
    {
        if (!Processor.IsXmm(i.Op1Register))
        {
            cpu.Unsupported();
            return;
        }

        Vector128<byte> source = cpu.GetX(i, 1);
        int lane = i.Immediate8;
        cpu.Set(i, 0, i.Mnemonic switch
        {
            Mnemonic.Pextrb => source.Lane<byte>(lane & 15),
            Mnemonic.Pextrw => source.Lane<ushort>(lane & 7),
            Mnemonic.Pextrq => source.Lane<ulong>(lane & 1),
            _ => source.Lane<uint>(lane & 3),
        });
    }

    public static void Insert(Processor cpu, in Instruction i)
    {
        Vector128<byte> target = cpu.GetX(i, 0);
        ulong value = cpu.Get(i, 1);
        int lane = i.Immediate8;
        cpu.SetX(i, 0, i.Mnemonic switch
        {
            Mnemonic.Pinsrb => target.With(lane & 15, (byte)value),
            Mnemonic.Pinsrw => target.With(lane & 7, (ushort)value),
            Mnemonic.Pinsrq => target.With(lane & 1, value),
            _ => target.With(lane & 3, (uint)value),
        });
    }

    public static void Insertps(Processor cpu, in Instruction i)
    {
        int control = i.Immediate8;
        Vector128<byte> source = cpu.GetX(i, 1);
        uint value = source.Lane<uint>(i.Op1Kind == OpKind.Register ? control >> 6 : 0);
        Vector128<byte> result = cpu.GetX(i, 0).With(control >> 4 & 3, value);
        cpu.SetX(i, 0, Lanes.Make((control, result), static (t, n) => (t.control >> n & 1) != 0 ? 0 : t.result.Lane<uint>(n)));
    }

    /// <summary>pmovsx and pmovzx: widens the lowest lanes.</summary>
    public static void Widen(Processor cpu, in Instruction i)
    {
        Vector128<byte> s = cpu.GetX(i, 1);
        cpu.SetX(i, 0, i.Mnemonic switch
        {
            Mnemonic.Pmovsxbw => Lanes.Make(s, static (s, n) => (short)s.Lane<sbyte>(n)),
            Mnemonic.Pmovsxbd => Lanes.Make(s, static (s, n) => (int)s.Lane<sbyte>(n)),
            Mnemonic.Pmovsxbq => Lanes.Make(s, static (s, n) => (long)s.Lane<sbyte>(n)),
            Mnemonic.Pmovsxwd => Lanes.Make(s, static (s, n) => (int)s.Lane<short>(n)),
            Mnemonic.Pmovsxwq => Lanes.Make(s, static (s, n) => (long)s.Lane<short>(n)),
            Mnemonic.Pmovsxdq => Lanes.Make(s, static (s, n) => (long)s.Lane<int>(n)),
            Mnemonic.Pmovzxbw => Lanes.Make(s, static (s, n) => (ushort)s.Lane<byte>(n)),
            Mnemonic.Pmovzxbd => Lanes.Make(s, static (s, n) => (uint)s.Lane<byte>(n)),
            Mnemonic.Pmovzxbq => Lanes.Make(s, static (s, n) => (ulong)s.Lane<byte>(n)),
            Mnemonic.Pmovzxwd => Lanes.Make(s, static (s, n) => (uint)s.Lane<ushort>(n)),
            Mnemonic.Pmovzxwq => Lanes.Make(s, static (s, n) => (ulong)s.Lane<ushort>(n)),
            _ => Lanes.Make(s, static (s, n) => (ulong)s.Lane<uint>(n)),
        });
    }

    /// <summary>The low bytes of one vector over another.</summary>
    public static Vector128<byte> Low(Vector128<byte> low, Vector128<byte> rest, int size) =>
        size == 4 ? rest.With(0, low.Lane<uint>(0)) : rest.With(0, low.Lane<ulong>(0));

    private static ulong Lowest(Processor cpu, in Instruction i, int operand)
    {
        if (!Processor.IsXmm(i.GetOpRegister(operand)))
            cpu.Unsupported();
        return cpu.GetX(i, operand).Lane<ulong>(0);
    }
}

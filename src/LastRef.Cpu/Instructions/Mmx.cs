using System.Runtime.Intrinsics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>The integer MMX instructions, SSE's and SSSE3's additions to them included. Conversions to and from floats are not implemented.</summary>
/// <remarks>
/// Intel SDM volume 1, 9.5.1, and volume 3, 13.2: an MMX instruction sets the top of the x87 stack to zero and marks every register valid; one that
/// writes a register sets its sign and exponent bits. The vectors are computed as the low halves of SSE's.
/// </remarks>
internal static unsafe class Mmx
{
    public static bool IsOne(in Instruction i) => IsMmx(i.Op0Register) || IsMmx(i.Op1Register) || i.Mnemonic == Mnemonic.Emms;

    /// <returns>False for an instruction that is not implemented.</returns>
    public static bool Execute(Processor cpu, in Instruction i)
    {
        if (i.Encoding != EncodingKind.Legacy)
            return false;
        if (X87.IsExceptionPending(cpu))
        {
            cpu.Unsupported();
            return true;
        }

        switch (i.Mnemonic)
        {
            case Mnemonic.Emms:
                Enter(cpu);
                cpu.R.FpuTag = 0;
                return true;
            case Mnemonic.Movd or Mnemonic.Movq or Mnemonic.Movntq or Mnemonic.Movdq2q: Finish(cpu, i, Get(cpu, i, 1)); return true;
            case Mnemonic.Movq2dq: Finish(cpu, i, Get(cpu, i, 1)); return true;
            case Mnemonic.Pmovmskb: Finish(cpu, i, Wide(Get(cpu, i, 1)).ExtractMostSignificantBits()); return true;
            case Mnemonic.Pextrw: Finish(cpu, i, (ushort)(Get(cpu, i, 1) >> (16 * (i.Immediate8 & 3)))); return true;
            case Mnemonic.Pinsrw:
                int at = 16 * (i.Immediate8 & 3);
                Finish(cpu, i, (Get(cpu, i, 0) & ~(0xFFFFul << at)) | ((ulong)(ushort)Get(cpu, i, 1) << at));
                return true;
            case Mnemonic.Maskmovq: MaskedStore(cpu, i); return true;
            case Mnemonic.Pshufw:
                ulong source = Get(cpu, i, 1), shuffled = 0;
                for (int n = 0; n < 4; n++)
                    shuffled |= (ulong)(ushort)(source >> (16 * (i.Immediate8 >> (2 * n) & 3))) << (16 * n);
                Finish(cpu, i, shuffled);
                return true;
            case Mnemonic.Palignr:
                UInt128 both = ((UInt128)Get(cpu, i, 0) << 64) | Get(cpu, i, 1);
                Finish(cpu, i, i.Immediate8 > 15 ? 0 : (ulong)(both >> (8 * i.Immediate8)));
                return true;
            case Mnemonic.Psllw or Mnemonic.Pslld or Mnemonic.Psllq or Mnemonic.Psrlw or Mnemonic.Psrld or Mnemonic.Psrlq or Mnemonic.Psraw or Mnemonic.Psrad:
                ulong count = i.Op1Kind == OpKind.Immediate8 ? i.Immediate8 : Get(cpu, i, 1);
                Finish(cpu, i, SseShuffles.Shifted(i.Mnemonic, Wide(Get(cpu, i, 0)), (int)Math.Min(count, 255)).Lane<ulong>(0));
                return true;
            default:
                return Compute(cpu, i);
        }
    }

    /// <summary>Instructions with two vectors of the same kind.</summary>
    private static bool Compute(Processor cpu, in Instruction i)
    {
        if (!IsMmx(i.Op0Register) || i.OpCount != 2 || !SseInteger.IsKnown(cpu, i.Mnemonic) || (i.Op1Kind == OpKind.Register && !IsMmx(i.Op1Register)))
            return false;
        ulong first = Get(cpu, i, 0), second = Get(cpu, i, 1);
        Vector128<byte> a = Wide(first), b = Wide(second);
        int half = 0;
        switch (i.Mnemonic)
        {
            // The elements of both operands stand one behind the other, as those of one vector twice as wide.
            case Mnemonic.Packsswb or Mnemonic.Packssdw or Mnemonic.Packuswb or Mnemonic.Phaddw or Mnemonic.Phaddd or Mnemonic.Phaddsw
                or Mnemonic.Phsubw or Mnemonic.Phsubd or Mnemonic.Phsubsw:
                a = Vector128.Create(first, second).AsByte();
                b = default;
                break;
            case Mnemonic.Pshufb:
                b &= Vector128.Create((byte)0x87);
                break;
            case Mnemonic.Punpckhbw or Mnemonic.Punpckhwd or Mnemonic.Punpckhdq:
                half = 1;
                break;
        }

        Mnemonic mnemonic = i.Mnemonic switch
        {
            Mnemonic.Punpckhbw => Mnemonic.Punpcklbw,
            Mnemonic.Punpckhwd => Mnemonic.Punpcklwd,
            Mnemonic.Punpckhdq => Mnemonic.Punpckldq,
            Mnemonic other => other,
        };
        if (!SseInteger.TryCompute(mnemonic, a, b, out Vector128<byte> result))
            return false;
        Finish(cpu, i, result.Lane<ulong>(half));
        return true;
    }

    private static void MaskedStore(Processor cpu, in Instruction i)
    {
        Vector128<byte> source = Wide(Get(cpu, i, 1)), mask = Wide(Get(cpu, i, 2));
        ulong address = (i.Op0Kind == OpKind.MemorySegEDI ? (uint)cpu.R.Rdi : cpu.R.Rdi) + cpu.SegmentBase(i.MemorySegment);
        for (int n = 0; n < 8; n++)
        {
            if (mask[n] >= 0x80)
                cpu.ProbeWrite(address + (ulong)n, 1);
        }

        for (int n = 0; n < 8; n++)
        {
            if (mask[n] >= 0x80)
                cpu.Write(address + (ulong)n, 1, source[n]);
        }

        Enter(cpu);
    }

    /// <summary>Writes operand 0 and switches the x87 registers over; after a fault neither.</summary>
    private static void Finish(Processor cpu, in Instruction i, ulong value)
    {
        if (IsMmx(i.Op0Register))
        {
            if (!cpu.Faulted)
                cpu.St[i.Op0Register - Register.MM0] = new Extended(0xFFFF, value);
        }
        else if (Processor.IsXmm(i.Op0Register))
        {
            cpu.SetX(i, 0, Wide(value));
        }
        else
        {
            cpu.Set(i, 0, value);
        }

        Enter(cpu);
    }

    private static void Enter(Processor cpu)
    {
        if (cpu.Faulted)
            return;
        cpu.R.FpuStatus &= 0xC7FF;
        cpu.R.FpuTag = 0xFF;
    }

    private static ulong Get(Processor cpu, in Instruction i, int operand)
    {
        if (i.GetOpKind(operand) == OpKind.Register && IsMmx(i.GetOpRegister(operand)))
            return cpu.St[i.GetOpRegister(operand) - Register.MM0].Significand;
        return i.GetOpKind(operand) == OpKind.Register && Processor.IsXmm(i.GetOpRegister(operand))
            ? cpu.GetX(i, operand).Lane<ulong>(0)
            : cpu.Get(i, operand);
    }

    private static Vector128<byte> Wide(ulong value) => Vector128.CreateScalar(value).AsByte();

    private static bool IsMmx(Register register) => register is >= Register.MM0 and <= Register.MM7;
}

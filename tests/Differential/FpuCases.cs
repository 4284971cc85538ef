using Iced.Intel;

namespace LastRef.Tests;

/// <summary>x87 and MMX in the random cases. Only the host processor judges them: Unicorn's state is not set up with them.</summary>
internal static class FpuCases
{
    private const int Conditions = 0x4500;

    public static bool UsesFpu(in Instruction i)
    {
        if (i.Mnemonic is Mnemonic.Emms or Mnemonic.Fisttp || IsXsave(i))
            return true;
        for (int n = 0; n < i.OpCount; n++)
        {
            if (i.GetOpKind(n) == OpKind.Register && (i.GetOpRegister(n).IsMM() || i.GetOpRegister(n).IsST()))
                return true;
        }

        return IsX87(i);
    }

    /// <summary>Those that save; what restores needs an area that is valid, and has table tests.</summary>
    public static bool IsXsave(in Instruction i) => i.Mnemonic is Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64
        or Mnemonic.Xsavec or Mnemonic.Xsavec64;

    public static bool IsXrstor(in Instruction i) => i.Mnemonic is Mnemonic.Xrstor or Mnemonic.Xrstor64;

    /// <summary>Bits of the status word that the instruction leaves undefined: C0, C2 and C3, unless it compares.</summary>
    public static int UndefinedStatus(in Instruction i) => IsX87(i) && i.Mnemonic is not (Mnemonic.Fcom or Mnemonic.Fcomp or Mnemonic.Fcompp
        or Mnemonic.Fucom or Mnemonic.Fucomp or Mnemonic.Fucompp or Mnemonic.Ficom or Mnemonic.Ficomp) ? Conditions : 0;

    /// <summary>Everything masked, any precision and rounding that is not reserved, any top of the stack, most registers in use.</summary>
    public static void RandomState(MachineState state, Rng rng, bool usesFpu)
    {
        state.FpuControl = 0x37F;
        state.FpuStatus = 0;
        state.FpuTag = 0;
        Array.Clear(state.St);
        if (!usesFpu)
            return;
        int precision = rng.Below(3) switch { 0 => 0, 1 => 0x200, _ => 0x300 };
        state.FpuControl = (ushort)(0x7F | precision | (rng.Below(4) << 10));
        state.FpuStatus = (ushort)(rng.Next() & 0x7F7F);
        state.FpuTag = (byte)(rng.OneIn(4) ? rng.Next() : rng.Next() | rng.Next() | rng.Next());
        for (int n = 0; n < 8; n++)
            (state.St[2 * n], state.St[(2 * n) + 1]) = (Significand(rng), SignExponent(rng));
        if (rng.OneIn(4))
        {
            // Two values of about the same size, so that they cancel.
            (state.St[2], state.St[3]) = (state.St[0] ^ ((ulong)rng.Below(8) << rng.Below(12)), state.St[1] ^ (ulong)(rng.Below(2) << 15));
        }
    }

    private static ulong Significand(Rng rng)
    {
        ulong bits = rng.Below(6) switch
        {
            0 => 0,
            1 => ulong.MaxValue << rng.Below(64),
            2 => 1ul << rng.Below(64),
            3 => ulong.MaxValue,
            _ => rng.Next(),
        };
        return rng.OneIn(12) ? bits : bits | (1ul << 63);
    }

    private static ulong SignExponent(Rng rng)
    {
        const int Bias = 16383;
        int exponent = rng.Below(10) switch
        {
            0 => 0,
            1 => rng.Below(4),
            2 => 0x7FFF - rng.Below(3),
            3 => Bias + (rng.OneIn(2) ? 127 : -127) + rng.Below(7) - 3,
            4 => Bias + (rng.OneIn(2) ? 1023 : -1023) + rng.Below(7) - 3,
            5 => Bias - (rng.OneIn(2) ? 149 : 1074) + rng.Below(60) - 4,
            6 => rng.Below(0x8000),
            _ => Bias + rng.Below(140) - 70,
        };
        return (ulong)(exponent | (rng.Below(2) << 15));
    }

    private static bool IsX87(in Instruction i)
    {
        foreach (CpuidFeature feature in i.CpuidFeatures)
        {
            if (feature is CpuidFeature.FPU or CpuidFeature.FPU287 or CpuidFeature.FPU387)
                return true;
        }

        return i.Mnemonic == Mnemonic.Fisttp;
    }
}

using System.Text;

namespace LastRef.Tests;

/// <summary>Registers before or after a case: rax to r15 in encoding order, flags, xmm0 to xmm15 as pairs, and x87 where it was asked for.</summary>
internal sealed class MachineState
{
    public ulong[] Gpr { get; } = new ulong[16];

    public ulong Flags { get; set; }

    public ulong[] Xmm { get; } = new ulong[32];

    /// <summary>Data registers from the top of the x87 stack on, as pairs of significand and sign with exponent.</summary>
    public ulong[] St { get; } = new ulong[16];

    public ushort FpuControl { get; set; } = 0x37F;

    public ushort FpuStatus { get; set; }

    /// <summary>A bit for each register that is not empty, in physical order.</summary>
    public byte FpuTag { get; set; }

    public void CopyFrom(MachineState other)
    {
        other.Gpr.CopyTo(Gpr, 0);
        other.Xmm.CopyTo(Xmm, 0);
        Flags = other.Flags;
        other.St.CopyTo(St, 0);
        FpuControl = other.FpuControl;
        FpuStatus = other.FpuStatus;
        FpuTag = other.FpuTag;
    }

    /// <summary>What differs in the state of the x87, in a line; null when nothing does.</summary>
    /// <param name="undefined">Bits of the status word that the instruction leaves undefined.</param>
    public string? FpuDifference(MachineState other, int undefined)
    {
        var text = new StringBuilder();
        for (int n = 0; n < 16; n++)
        {
            if (St[n] != other.St[n])
                text.Append($" st{n / 2}[{n & 1}]: {St[n]:X} / {other.St[n]:X}");
        }

        if (((FpuStatus ^ other.FpuStatus) & ~undefined) != 0)
            text.Append($" status: {FpuStatus:X} / {other.FpuStatus:X}");
        if (FpuControl != other.FpuControl)
            text.Append($" control: {FpuControl:X} / {other.FpuControl:X}");
        if (FpuTag != other.FpuTag)
            text.Append($" tag: {FpuTag:X} / {other.FpuTag:X}");
        return text.Length == 0 ? null : text.ToString();
    }

    /// <summary>What differs, in a line; null when nothing does.</summary>
    public string? Difference(MachineState other, ulong undefinedFlags)
    {
        const ulong Compared = 0xCD5;
        if (((Flags ^ other.Flags) & Compared & ~undefinedFlags) == 0 && Gpr.AsSpan().SequenceEqual(other.Gpr) && Xmm.AsSpan().SequenceEqual(other.Xmm))
            return null;
        var text = new StringBuilder();
        for (int n = 0; n < 16; n++)
        {
            if (Gpr[n] != other.Gpr[n])
                text.Append($" r{n}: {Gpr[n]:X} / {other.Gpr[n]:X}");
        }

        for (int n = 0; n < 32; n++)
        {
            if (Xmm[n] != other.Xmm[n])
                text.Append($" xmm{n / 2}[{n & 1}]: {Xmm[n]:X} / {other.Xmm[n]:X}");
        }

        if (((Flags ^ other.Flags) & Compared & ~undefinedFlags) != 0)
            text.Append($" flags: {Flags & Compared:X} / {other.Flags & Compared:X}");
        return text.ToString();
    }
}

using System.Text;

namespace LastRef.Tests;

/// <summary>Registers before or after a case: rax to r15 in encoding order, flags, xmm0 to xmm15 as pairs.</summary>
internal sealed class MachineState
{
    public ulong[] Gpr { get; } = new ulong[16];

    public ulong Flags { get; set; }

    public ulong[] Xmm { get; } = new ulong[32];

    public void CopyFrom(MachineState other)
    {
        other.Gpr.CopyTo(Gpr, 0);
        other.Xmm.CopyTo(Xmm, 0);
        Flags = other.Flags;
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

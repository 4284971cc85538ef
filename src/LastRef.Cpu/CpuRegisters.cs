using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LastRef.Cpu;

/// <summary>
/// The architectural register file. Blittable: copying the struct saves or restores a whole thread context.
/// </summary>
/// <remarks>
/// The layout is part of the execution engine: micro-ops address general registers, the zero slot and segment bases by byte offset from the start.
/// <see cref="Rflags"/> is materialised whenever the host can look at it. Segment registers hold selectors only; long mode has no limits or types.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 704)]
public unsafe struct CpuRegisters
{
    /// <summary>General registers in encoding order: rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 to r15.</summary>
    [FieldOffset(0)] public fixed ulong Gpr[16];

    [FieldOffset(0)] public ulong Rax;
    [FieldOffset(8)] public ulong Rcx;
    [FieldOffset(16)] public ulong Rdx;
    [FieldOffset(24)] public ulong Rbx;
    [FieldOffset(32)] public ulong Rsp;
    [FieldOffset(40)] public ulong Rbp;
    [FieldOffset(48)] public ulong Rsi;
    [FieldOffset(56)] public ulong Rdi;
    [FieldOffset(64)] public ulong R8;
    [FieldOffset(72)] public ulong R9;
    [FieldOffset(80)] public ulong R10;
    [FieldOffset(88)] public ulong R11;
    [FieldOffset(96)] public ulong R12;
    [FieldOffset(104)] public ulong R13;
    [FieldOffset(112)] public ulong R14;
    [FieldOffset(120)] public ulong R15;

    /// <summary>Always zero: the base or index of an address that has none.</summary>
    [FieldOffset(ZeroOffset)] internal ulong Zero;
    [FieldOffset(FsBaseOffset)] public ulong FsBase;
    [FieldOffset(GsBaseOffset)] public ulong GsBase;
    [FieldOffset(152)] public ulong KernelGsBase;
    [FieldOffset(160)] public ulong Rip;
    [FieldOffset(168)] public ulong Rflags;

    /// <summary>Copies that the host may keep here; the processor itself asks <see cref="IProcessorHost.ReadCr"/> and stores what was written.</summary>
    [FieldOffset(176)] public ulong Cr0;
    [FieldOffset(184)] public ulong Cr2;
    [FieldOffset(192)] public ulong Cr3;
    [FieldOffset(200)] public ulong Cr4;
    [FieldOffset(208)] public ulong Cr8;
    [FieldOffset(216)] public fixed ulong Dr[8];

    /// <summary>SSE control and status; only rounding mode and sticky exception bits have an effect.</summary>
    [FieldOffset(280)] public uint Mxcsr;
    [FieldOffset(284)] public ushort Cs;
    [FieldOffset(286)] public ushort Ss;
    [FieldOffset(288)] public ushort Ds;
    [FieldOffset(290)] public ushort Es;
    [FieldOffset(292)] public ushort Fs;
    [FieldOffset(294)] public ushort Gs;

    /// <summary>x87 control word, status word and abridged tag word as <c>fxsave</c> stores them.</summary>
    [FieldOffset(296)] public ushort FpuControl;
    [FieldOffset(298)] public ushort FpuStatus;
    [FieldOffset(300)] public byte FpuTag;

    /// <summary>Value of <c>rdtscp</c>'s and <c>rdpid</c>'s IA32_TSC_AUX.</summary>
    [FieldOffset(304)] public uint TscAux;

    [FieldOffset(XmmOffset)] internal fixed byte XmmBytes[16 * 16];

    /// <summary>x87 data registers in physical order, sixteen bytes for each of ten; their significands are mm0 to mm7.</summary>
    [FieldOffset(StOffset)] internal fixed byte StBytes[8 * 16];

    internal const int ZeroOffset = 128;
    internal const int FsBaseOffset = 136;
    internal const int GsBaseOffset = 144;
    internal const int XmmOffset = 320;
    internal const int StOffset = 576;

    /// <summary>Register xmm0 to xmm15.</summary>
    [UnscopedRef]
    public ref Vector128<byte> Xmm(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)index, 15u, nameof(index));
        fixed (byte* bytes = XmmBytes)
            return ref ((Vector128<byte>*)bytes)[index];
    }

    /// <summary>The state after a reset that system software has finished: empty x87, all SSE exceptions masked, flags with only the fixed bit.</summary>
    public static CpuRegisters Initial => new() { Rflags = 2, Mxcsr = 0x1F80, FpuControl = 0x37F };
}

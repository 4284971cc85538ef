using System.Runtime.InteropServices;

namespace LastRef.Cpu;

/// <summary>The register file and what the engine keeps beside it, in native memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CpuState
{
    /// <summary>At offset 0: micro-ops address registers by byte offset from the state.</summary>
    public CpuRegisters Registers;

    /// <summary>Lazy flags, see <see cref="FlagKind"/>.</summary>
    public long FlagA;
    public long FlagB;
    public uint FlagKind;

    /// <summary>Instructions that may still start, those of the current block already taken off.</summary>
    public long Budget;
}

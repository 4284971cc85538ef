using System.Runtime.InteropServices;

namespace LastRef.Cpu;

/// <summary>One decoded operation. Registers are byte offsets into the register file.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct MicroOp
{
    public Op Op;
    public byte Dst;
    public byte Src;
    public byte Base;
    public byte Index;
    public byte Scale;

    /// <summary>Condition code of setcc, cmovcc and fused branches.</summary>
    public byte Condition;

    /// <summary>Sign-extended immediate operand.</summary>
    public int Imm32;

    /// <summary>Offset of the instruction from the start of its block, in bytes.</summary>
    public ushort RipDelta;

    /// <summary>Number of instructions before it in the block, those that need no micro-op included.</summary>
    public byte Ordinal;
    public byte Length;

    /// <summary>Full immediate, or for <see cref="Op.Generic"/> the address of the decoded instruction.</summary>
    public ulong Imm;

    /// <summary>Displacement; the whole address when relative to rip.</summary>
    public ulong Disp;
}

/// <summary>Stands behind the last micro-op of a block: where it goes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal unsafe struct Link
{
    public Block* Taken;
    public Block* Fallthrough;
    public ulong TakenRip;
    public ulong FallthroughRip;
}

/// <summary>Header of a decoded block; its micro-ops follow, then one <see cref="Link"/>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct Block
{
    public ulong Rip;

    /// <summary>Instructions, and micro-ops without the link.</summary>
    public int Count;
    public int MicroOps;

    /// <summary>Chains of the blocks of up to two frames; see <see cref="BlockCache"/>.</summary>
    public uint Frame0;
    public uint Frame1;
    public Block* Next0;
    public Block* Next1;
    public bool IsDead;

    /// <summary>A block of one instruction whose memory the next one reuses.</summary>
    public bool IsScratch;

    public const uint NoFrame = uint.MaxValue;

    public static MicroOp* First(Block* block) => (MicroOp*)(block + 1);
}

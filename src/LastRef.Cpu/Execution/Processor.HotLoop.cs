#pragma warning disable CS0675 // Flag bits are or-ed into values that are meant to be sign-extended.
using System.Numerics;
using System.Runtime.Intrinsics;

namespace LastRef.Cpu;

public sealed unsafe partial class Processor
{
    /// <summary>Executes from a block on. At the end rip, registers and budget are exact.</summary>
    /// <remarks>
    /// One switch, each case a micro-op; whatever it cannot do at once (a translation that is not cached, a page boundary, a fault) it leaves to the
    /// plain interpreter before it has changed anything. Must stay below the limits at which the JIT compiler stops to optimise: 60,000 bytes of IL,
    /// 20,000 IL instructions, 2,000 basic blocks, 2,000 locals (a test counts the bytes).
    /// </remarks>
    private LoopExit ExecuteBlocks(Block* block)
    {
        CpuState* s = _state;
        byte* r = (byte*)s;
        TlbEntry* readTlb = _memory.ReadTlb;
        TlbEntry* writeTlb = _memory.WriteTlb;
        long budget = s->Budget;
        MicroOp* u;
        TlbEntry* e;
        Link* link;
        ulong rip, ea, a;
        long x, y;
        int n, status;

    Enter:
        budget -= block->Count;
        if (budget < 0)
        {
            s->Budget = budget + block->Count;
            s->Registers.Rip = block->Rip;
            return LoopExit.Lookup;
        }

        u = Block.First(block);
        while (true)
        {
            switch (u->Op)
            {
                case Op.Generic:
                    s->Budget = budget;
                    status = ExecuteGeneric(block, u);
                    budget = s->Budget;
                    if (status != 0)
                        goto Special;
                    u++;
                    continue;

                case Op.ReadCr8:
                    s->Budget = budget;
                    status = ExecuteReadCr8(block, u);
                    if (status != 0)
                        goto Special;
                    u++;
                    continue;

                case Op.WriteCr8:
                    s->Budget = budget;
                    status = ExecuteWriteCr8(block, u);
                    if (status != 0)
                        goto Special;
                    u++;
                    continue;

                case Op.MovRR64:
                    *(ulong*)(r + u->Dst) = *(ulong*)(r + u->Src);
                    u++;
                    continue;

                case Op.MovRR32:
                    *(ulong*)(r + u->Dst) = (uint)(*(uint*)(r + u->Src));
                    u++;
                    continue;

                case Op.MovRR16:
                    *(ushort*)(r + u->Dst) = (ushort)(*(ushort*)(r + u->Src));
                    u++;
                    continue;

                case Op.MovRR8:
                    *(r + u->Dst) = (byte)(*(byte*)(r + u->Src));
                    u++;
                    continue;

                case Op.MovRI:
                    *(ulong*)(r + u->Dst) = u->Imm;
                    u++;
                    continue;

                case Op.MovRI8:
                    *(r + u->Dst) = (byte)u->Imm32;
                    u++;
                    continue;

                case Op.Movzx8:
                    *(ulong*)(r + u->Dst) = *(r + u->Src);
                    u++;
                    continue;

                case Op.Movzx16:
                    *(ulong*)(r + u->Dst) = *(ushort*)(r + u->Src);
                    u++;
                    continue;

                case Op.Movsx8To32:
                    *(ulong*)(r + u->Dst) = (uint)*(sbyte*)(r + u->Src);
                    u++;
                    continue;

                case Op.Movsx8To64:
                    *(long*)(r + u->Dst) = *(sbyte*)(r + u->Src);
                    u++;
                    continue;

                case Op.Movsx16To32:
                    *(ulong*)(r + u->Dst) = (uint)*(short*)(r + u->Src);
                    u++;
                    continue;

                case Op.Movsx16To64:
                    *(long*)(r + u->Dst) = *(short*)(r + u->Src);
                    u++;
                    continue;

                case Op.Movsx32To64:
                    *(long*)(r + u->Dst) = *(int*)(r + u->Src);
                    u++;
                    continue;

                case Op.Lea64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    *(ulong*)(r + u->Dst) = ea;
                    u++;
                    continue;

                case Op.Lea32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    *(ulong*)(r + u->Dst) = (uint)ea;
                    u++;
                    continue;

                case Op.LeaBase:
                    ea = *(ulong*)(r + u->Base) + u->Disp;
                    *(ulong*)(r + u->Dst) = ea;
                    u++;
                    continue;

                case Op.Load8:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(r + u->Dst) = *(byte*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.Load16:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ushort*)(r + u->Dst) = *(ushort*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.Load32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = *(uint*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.Load64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = *(ulong*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.LoadZx8:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = *(byte*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.LoadZx16:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = *(ushort*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.LoadSx8To32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = (uint)*(sbyte*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.LoadSx8To64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(long*)(r + u->Dst) = *(sbyte*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.LoadSx16To32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = (uint)*(short*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.LoadSx16To64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(long*)(r + u->Dst) = *(short*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.LoadSx32To64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(long*)(r + u->Dst) = *(int*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.Load32Base:
                    ea = *(ulong*)(r + u->Base) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = *(uint*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.Load64Base:
                    ea = *(ulong*)(r + u->Base) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = *(ulong*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.LoadZx8Base:
                    ea = *(ulong*)(r + u->Base) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = *(byte*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.LoadZx16Base:
                    ea = *(ulong*)(r + u->Base) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(ulong*)(r + u->Dst) = *(ushort*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.Store8:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(byte*)(ea + e->Addend) = *(byte*)(r + u->Src);
                    u++;
                    continue;

                case Op.Store16:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(ushort*)(ea + e->Addend) = *(ushort*)(r + u->Src);
                    u++;
                    continue;

                case Op.Store32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(uint*)(ea + e->Addend) = *(uint*)(r + u->Src);
                    u++;
                    continue;

                case Op.Store64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(ulong*)(ea + e->Addend) = *(ulong*)(r + u->Src);
                    u++;
                    continue;

                case Op.Store8Base:
                    ea = *(ulong*)(r + u->Base) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(byte*)(ea + e->Addend) = *(byte*)(r + u->Src);
                    u++;
                    continue;

                case Op.Store16Base:
                    ea = *(ulong*)(r + u->Base) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(ushort*)(ea + e->Addend) = *(ushort*)(r + u->Src);
                    u++;
                    continue;

                case Op.Store32Base:
                    ea = *(ulong*)(r + u->Base) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(uint*)(ea + e->Addend) = *(uint*)(r + u->Src);
                    u++;
                    continue;

                case Op.Store64Base:
                    ea = *(ulong*)(r + u->Base) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(ulong*)(ea + e->Addend) = *(ulong*)(r + u->Src);
                    u++;
                    continue;

                case Op.StoreI8:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(byte*)(ea + e->Addend) = (byte)u->Imm32;
                    u++;
                    continue;

                case Op.StoreI16:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(ushort*)(ea + e->Addend) = (ushort)u->Imm32;
                    u++;
                    continue;

                case Op.StoreI32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(uint*)(ea + e->Addend) = (uint)u->Imm32;
                    u++;
                    continue;

                case Op.StoreI64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(ulong*)(ea + e->Addend) = (ulong)u->Imm32;
                    u++;
                    continue;

                case Op.AddRR32:
                    y = *(int*)(r + u->Src);
                    x = (int)(*(int*)(r + u->Dst) + y);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Add + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AddRI32:
                    y = u->Imm32;
                    x = (int)(*(int*)(r + u->Dst) + y);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Add + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubRR32:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    *(ulong*)(r + u->Dst) = (uint)(x - y);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubRI32:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    *(ulong*)(r + u->Dst) = (uint)(x - y);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AndRR32:
                    x = *(int*)(r + u->Dst) & *(int*)(r + u->Src);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AndRI32:
                    x = *(int*)(r + u->Dst) & u->Imm32;
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrRR32:
                    x = *(int*)(r + u->Dst) | *(int*)(r + u->Src);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrRI32:
                    x = *(int*)(r + u->Dst) | u->Imm32;
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorRR32:
                    x = *(int*)(r + u->Dst) ^ *(int*)(r + u->Src);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorRI32:
                    x = *(int*)(r + u->Dst) ^ u->Imm32;
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.CmpRR32:
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = *(int*)(r + u->Dst);
                    s->FlagB = *(int*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmpRI32:
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = *(int*)(r + u->Dst);
                    s->FlagB = u->Imm32;
                    u++;
                    continue;

                case Op.TestRR32:
                    x = *(int*)(r + u->Dst) & *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.TestRI32:
                    x = *(int*)(r + u->Dst) & u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AddRM32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    y = *(int*)(ea + e->Addend);
                    x = (int)(*(int*)(r + u->Dst) + y);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Add + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubRM32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(ea + e->Addend);
                    *(ulong*)(r + u->Dst) = (uint)(x - y);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AndRM32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    x = *(int*)(r + u->Dst) & *(int*)(ea + e->Addend);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrRM32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    x = *(int*)(r + u->Dst) | *(int*)(ea + e->Addend);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorRM32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    x = *(int*)(r + u->Dst) ^ *(int*)(ea + e->Addend);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.CmpRM32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = *(int*)(r + u->Dst);
                    s->FlagB = *(int*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.AddRR64:
                    y = *(long*)(r + u->Src);
                    x = (long)(*(long*)(r + u->Dst) + y);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Add + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AddRI64:
                    y = u->Imm32;
                    x = (long)(*(long*)(r + u->Dst) + y);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Add + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubRR64:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    *(ulong*)(r + u->Dst) = (ulong)(x - y);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubRI64:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    *(ulong*)(r + u->Dst) = (ulong)(x - y);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AndRR64:
                    x = *(long*)(r + u->Dst) & *(long*)(r + u->Src);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AndRI64:
                    x = *(long*)(r + u->Dst) & u->Imm32;
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrRR64:
                    x = *(long*)(r + u->Dst) | *(long*)(r + u->Src);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrRI64:
                    x = *(long*)(r + u->Dst) | u->Imm32;
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorRR64:
                    x = *(long*)(r + u->Dst) ^ *(long*)(r + u->Src);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorRI64:
                    x = *(long*)(r + u->Dst) ^ u->Imm32;
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.CmpRR64:
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = *(long*)(r + u->Dst);
                    s->FlagB = *(long*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmpRI64:
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = *(long*)(r + u->Dst);
                    s->FlagB = u->Imm32;
                    u++;
                    continue;

                case Op.TestRR64:
                    x = *(long*)(r + u->Dst) & *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.TestRI64:
                    x = *(long*)(r + u->Dst) & u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AddRM64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    y = *(long*)(ea + e->Addend);
                    x = (long)(*(long*)(r + u->Dst) + y);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Add + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubRM64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(ea + e->Addend);
                    *(ulong*)(r + u->Dst) = (ulong)(x - y);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AndRM64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    x = *(long*)(r + u->Dst) & *(long*)(ea + e->Addend);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrRM64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    x = *(long*)(r + u->Dst) | *(long*)(ea + e->Addend);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorRM64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    x = *(long*)(r + u->Dst) ^ *(long*)(ea + e->Addend);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.CmpRM64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = *(long*)(r + u->Dst);
                    s->FlagB = *(long*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.CmpRR8:
                    s->FlagKind = FlagKind.Sub + 0;
                    s->FlagA = *(sbyte*)(r + u->Dst);
                    s->FlagB = *(sbyte*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmpRI8:
                    s->FlagKind = FlagKind.Sub + 0;
                    s->FlagA = *(sbyte*)(r + u->Dst);
                    s->FlagB = (sbyte)u->Imm32;
                    u++;
                    continue;

                case Op.TestRR8:
                    x = *(sbyte*)(r + u->Dst) & *(sbyte*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.TestRI8:
                    x = *(sbyte*)(r + u->Dst) & (sbyte)u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.CmpRR16:
                    s->FlagKind = FlagKind.Sub + 1;
                    s->FlagA = *(short*)(r + u->Dst);
                    s->FlagB = *(short*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmpRI16:
                    s->FlagKind = FlagKind.Sub + 1;
                    s->FlagA = *(short*)(r + u->Dst);
                    s->FlagB = (short)u->Imm32;
                    u++;
                    continue;

                case Op.TestRR16:
                    x = *(short*)(r + u->Dst) & *(short*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.TestRI16:
                    x = *(short*)(r + u->Dst) & (short)u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AddRR8:
                    y = *(sbyte*)(r + u->Src);
                    x = (sbyte)(*(sbyte*)(r + u->Dst) + y);
                    *(r + u->Dst) = (byte)(x);
                    s->FlagKind = FlagKind.Add + 0;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AddRI8:
                    y = (sbyte)u->Imm32;
                    x = (sbyte)(*(sbyte*)(r + u->Dst) + y);
                    *(r + u->Dst) = (byte)(x);
                    s->FlagKind = FlagKind.Add + 0;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubRR8:
                    x = *(sbyte*)(r + u->Dst);
                    y = *(sbyte*)(r + u->Src);
                    *(r + u->Dst) = (byte)(x - y);
                    s->FlagKind = FlagKind.Sub + 0;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubRI8:
                    x = *(sbyte*)(r + u->Dst);
                    y = (sbyte)u->Imm32;
                    *(r + u->Dst) = (byte)(x - y);
                    s->FlagKind = FlagKind.Sub + 0;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AndRR8:
                    x = *(sbyte*)(r + u->Dst) & *(sbyte*)(r + u->Src);
                    *(r + u->Dst) = (byte)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AndRI8:
                    x = *(sbyte*)(r + u->Dst) & (sbyte)u->Imm32;
                    *(r + u->Dst) = (byte)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrRR8:
                    x = *(sbyte*)(r + u->Dst) | *(sbyte*)(r + u->Src);
                    *(r + u->Dst) = (byte)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrRI8:
                    x = *(sbyte*)(r + u->Dst) | (sbyte)u->Imm32;
                    *(r + u->Dst) = (byte)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorRR8:
                    x = *(sbyte*)(r + u->Dst) ^ *(sbyte*)(r + u->Src);
                    *(r + u->Dst) = (byte)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorRI8:
                    x = *(sbyte*)(r + u->Dst) ^ (sbyte)u->Imm32;
                    *(r + u->Dst) = (byte)(x);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.ZeroR:
                    *(ulong*)(r + u->Dst) = 0;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = 0;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.CmpMR8:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 0;
                    s->FlagA = *(sbyte*)(ea + e->Addend);
                    s->FlagB = *(sbyte*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmpMI8:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 0;
                    s->FlagA = *(sbyte*)(ea + e->Addend);
                    s->FlagB = (sbyte)u->Imm32;
                    u++;
                    continue;

                case Op.TestMI8:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if ((ea & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = *(sbyte*)(ea + e->Addend) & (sbyte)u->Imm32;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.CmpMR16:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 1;
                    s->FlagA = *(short*)(ea + e->Addend);
                    s->FlagB = *(short*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmpMI16:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 1;
                    s->FlagA = *(short*)(ea + e->Addend);
                    s->FlagB = (short)u->Imm32;
                    u++;
                    continue;

                case Op.TestMI16:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 1) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = *(short*)(ea + e->Addend) & (short)u->Imm32;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.CmpMR32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = *(int*)(ea + e->Addend);
                    s->FlagB = *(int*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmpMI32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = *(int*)(ea + e->Addend);
                    s->FlagB = u->Imm32;
                    u++;
                    continue;

                case Op.TestMI32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = *(int*)(ea + e->Addend) & (int)u->Imm32;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.CmpMR64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = *(long*)(ea + e->Addend);
                    s->FlagB = *(long*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmpMI64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = *(long*)(ea + e->Addend);
                    s->FlagB = u->Imm32;
                    u++;
                    continue;

                case Op.TestMI64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = *(long*)(ea + e->Addend) & (long)u->Imm32;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AddMR32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    y = *(int*)(r + u->Src);
                    x = (int)(*(int*)(ea + e->Addend) + y);
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Add + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AddMI32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    y = u->Imm32;
                    x = (int)(*(int*)(ea + e->Addend) + y);
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Add + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubMR32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(int*)(ea + e->Addend);
                    y = *(int*)(r + u->Src);
                    *(int*)(ea + e->Addend) = (int)(x - y);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubMI32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(int*)(ea + e->Addend);
                    y = u->Imm32;
                    *(int*)(ea + e->Addend) = (int)(x - y);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AndMR32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(int*)(ea + e->Addend) & *(int*)(r + u->Src);
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AndMI32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(int*)(ea + e->Addend) & u->Imm32;
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrMR32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(int*)(ea + e->Addend) | *(int*)(r + u->Src);
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrMI32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(int*)(ea + e->Addend) | u->Imm32;
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorMR32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(int*)(ea + e->Addend) ^ *(int*)(r + u->Src);
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorMI32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(int*)(ea + e->Addend) ^ u->Imm32;
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AddMR64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    y = *(long*)(r + u->Src);
                    x = (long)(*(long*)(ea + e->Addend) + y);
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Add + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AddMI64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    y = u->Imm32;
                    x = (long)(*(long*)(ea + e->Addend) + y);
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Add + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubMR64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(long*)(ea + e->Addend);
                    y = *(long*)(r + u->Src);
                    *(long*)(ea + e->Addend) = (long)(x - y);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.SubMI64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(long*)(ea + e->Addend);
                    y = u->Imm32;
                    *(long*)(ea + e->Addend) = (long)(x - y);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AndMR64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(long*)(ea + e->Addend) & *(long*)(r + u->Src);
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.AndMI64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(long*)(ea + e->Addend) & u->Imm32;
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrMR64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(long*)(ea + e->Addend) | *(long*)(r + u->Src);
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.OrMI64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(long*)(ea + e->Addend) | u->Imm32;
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorMR64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(long*)(ea + e->Addend) ^ *(long*)(r + u->Src);
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.XorMI64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    x = *(long*)(ea + e->Addend) ^ u->Imm32;
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    u++;
                    continue;

                case Op.IncR32:
                    y = Flags.IsCarry(s) ? 1 : 0;
                    x = (int)(*(int*)(r + u->Dst) + 1);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (x == int.MinValue ? 2 : 0) | ((x & 15) == 0 ? 4 : 0);
                    u++;
                    continue;

                case Op.IncM32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    y = Flags.IsCarry(s) ? 1 : 0;
                    x = (int)(*(int*)(ea + e->Addend) + 1);
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (x == int.MinValue ? 2 : 0) | ((x & 15) == 0 ? 4 : 0);
                    u++;
                    continue;

                case Op.DecR32:
                    y = Flags.IsCarry(s) ? 1 : 0;
                    x = (int)(*(int*)(r + u->Dst) - 1);
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (x == int.MaxValue ? 2 : 0) | ((x & 15) == 15 ? 4 : 0);
                    u++;
                    continue;

                case Op.DecM32:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 3) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    y = Flags.IsCarry(s) ? 1 : 0;
                    x = (int)(*(int*)(ea + e->Addend) - 1);
                    *(int*)(ea + e->Addend) = (int)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (x == int.MaxValue ? 2 : 0) | ((x & 15) == 15 ? 4 : 0);
                    u++;
                    continue;

                case Op.NegR32:
                    y = *(int*)(r + u->Dst);
                    *(ulong*)(r + u->Dst) = (uint)(0 - y);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = 0;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.NotR32:
                    *(ulong*)(r + u->Dst) = (uint)(~*(uint*)(r + u->Dst));
                    u++;
                    continue;

                case Op.ShlRI32:
                    n = u->Imm32;
                    a = *(uint*)(r + u->Dst);
                    x = (int)(a << n);
                    y = (long)(a >> (32 - n)) & 1;
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | ((x < 0) != (y != 0) ? 2 : 0);
                    u++;
                    continue;

                case Op.ShlRC32:
                    n = (int)s->Registers.Rcx & 31;
                    if (n == 0)
                    {
                        *(ulong*)(r + u->Dst) = (uint)(*(uint*)(r + u->Dst));
                        u++;
                        continue;
                    }

                    a = *(uint*)(r + u->Dst);
                    x = (int)(a << n);
                    y = (long)(a >> (32 - n)) & 1;
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | ((x < 0) != (y != 0) ? 2 : 0);
                    u++;
                    continue;

                case Op.ShrRI32:
                    n = u->Imm32;
                    a = *(uint*)(r + u->Dst);
                    x = (int)(a >> n);
                    y = (long)(a >> (n - 1)) & 1;
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (n == 1 && (a >> 31) != 0 ? 2 : 0);
                    u++;
                    continue;

                case Op.ShrRC32:
                    n = (int)s->Registers.Rcx & 31;
                    if (n == 0)
                    {
                        *(ulong*)(r + u->Dst) = (uint)(*(uint*)(r + u->Dst));
                        u++;
                        continue;
                    }

                    a = *(uint*)(r + u->Dst);
                    x = (int)(a >> n);
                    y = (long)(a >> (n - 1)) & 1;
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (n == 1 && (a >> 31) != 0 ? 2 : 0);
                    u++;
                    continue;

                case Op.SarRI32:
                    n = u->Imm32;
                    y = *(int*)(r + u->Dst);
                    x = y >> n;
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = (y >> (n - 1)) & 1;
                    u++;
                    continue;

                case Op.SarRC32:
                    n = (int)s->Registers.Rcx & 31;
                    if (n == 0)
                    {
                        *(ulong*)(r + u->Dst) = (uint)(*(uint*)(r + u->Dst));
                        u++;
                        continue;
                    }

                    y = *(int*)(r + u->Dst);
                    x = y >> n;
                    *(ulong*)(r + u->Dst) = (uint)(x);
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = (y >> (n - 1)) & 1;
                    u++;
                    continue;

                case Op.RolRI32:
                    n = u->Imm32;
                    a = BitOperations.RotateLeft(*(uint*)(r + u->Dst), n);
                    *(ulong*)(r + u->Dst) = (uint)(a);
                    Flags.Replace(s, Flags.Carry | Flags.Overflow, (a & 1) | (((a >> 31) ^ a) & 1) << 11);
                    u++;
                    continue;

                case Op.RorRI32:
                    n = u->Imm32;
                    a = BitOperations.RotateRight(*(uint*)(r + u->Dst), n);
                    *(ulong*)(r + u->Dst) = (uint)(a);
                    Flags.Replace(s, Flags.Carry | Flags.Overflow, (a >> 31) | (((a >> 31) ^ (a >> 30)) & 1) << 11);
                    u++;
                    continue;

                case Op.IncR64:
                    y = Flags.IsCarry(s) ? 1 : 0;
                    x = (long)(*(long*)(r + u->Dst) + 1);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (x == long.MinValue ? 2 : 0) | ((x & 15) == 0 ? 4 : 0);
                    u++;
                    continue;

                case Op.IncM64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    y = Flags.IsCarry(s) ? 1 : 0;
                    x = (long)(*(long*)(ea + e->Addend) + 1);
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (x == long.MinValue ? 2 : 0) | ((x & 15) == 0 ? 4 : 0);
                    u++;
                    continue;

                case Op.DecR64:
                    y = Flags.IsCarry(s) ? 1 : 0;
                    x = (long)(*(long*)(r + u->Dst) - 1);
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (x == long.MaxValue ? 2 : 0) | ((x & 15) == 15 ? 4 : 0);
                    u++;
                    continue;

                case Op.DecM64:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    y = Flags.IsCarry(s) ? 1 : 0;
                    x = (long)(*(long*)(ea + e->Addend) - 1);
                    *(long*)(ea + e->Addend) = (long)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (x == long.MaxValue ? 2 : 0) | ((x & 15) == 15 ? 4 : 0);
                    u++;
                    continue;

                case Op.NegR64:
                    y = *(long*)(r + u->Dst);
                    *(ulong*)(r + u->Dst) = (ulong)(0 - y);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = 0;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.NotR64:
                    *(ulong*)(r + u->Dst) = ~*(ulong*)(r + u->Dst);
                    u++;
                    continue;

                case Op.ShlRI64:
                    n = u->Imm32;
                    a = *(ulong*)(r + u->Dst);
                    x = (long)(a << n);
                    y = (long)(a >> (64 - n)) & 1;
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | ((x < 0) != (y != 0) ? 2 : 0);
                    u++;
                    continue;

                case Op.ShlRC64:
                    n = (int)s->Registers.Rcx & 63;
                    if (n == 0)
                    {
                        *(ulong*)(r + u->Dst) = *(ulong*)(r + u->Dst);
                        u++;
                        continue;
                    }

                    a = *(ulong*)(r + u->Dst);
                    x = (long)(a << n);
                    y = (long)(a >> (64 - n)) & 1;
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | ((x < 0) != (y != 0) ? 2 : 0);
                    u++;
                    continue;

                case Op.ShrRI64:
                    n = u->Imm32;
                    a = *(ulong*)(r + u->Dst);
                    x = (long)(a >> n);
                    y = (long)(a >> (n - 1)) & 1;
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (n == 1 && (a >> 63) != 0 ? 2 : 0);
                    u++;
                    continue;

                case Op.ShrRC64:
                    n = (int)s->Registers.Rcx & 63;
                    if (n == 0)
                    {
                        *(ulong*)(r + u->Dst) = *(ulong*)(r + u->Dst);
                        u++;
                        continue;
                    }

                    a = *(ulong*)(r + u->Dst);
                    x = (long)(a >> n);
                    y = (long)(a >> (n - 1)) & 1;
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y | (n == 1 && (a >> 63) != 0 ? 2 : 0);
                    u++;
                    continue;

                case Op.SarRI64:
                    n = u->Imm32;
                    y = *(long*)(r + u->Dst);
                    x = y >> n;
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = (y >> (n - 1)) & 1;
                    u++;
                    continue;

                case Op.SarRC64:
                    n = (int)s->Registers.Rcx & 63;
                    if (n == 0)
                    {
                        *(ulong*)(r + u->Dst) = *(ulong*)(r + u->Dst);
                        u++;
                        continue;
                    }

                    y = *(long*)(r + u->Dst);
                    x = y >> n;
                    *(ulong*)(r + u->Dst) = (ulong)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = (y >> (n - 1)) & 1;
                    u++;
                    continue;

                case Op.RolRI64:
                    n = u->Imm32;
                    a = BitOperations.RotateLeft(*(ulong*)(r + u->Dst), n);
                    *(ulong*)(r + u->Dst) = a;
                    Flags.Replace(s, Flags.Carry | Flags.Overflow, (a & 1) | (((a >> 63) ^ a) & 1) << 11);
                    u++;
                    continue;

                case Op.RorRI64:
                    n = u->Imm32;
                    a = BitOperations.RotateRight(*(ulong*)(r + u->Dst), n);
                    *(ulong*)(r + u->Dst) = a;
                    Flags.Replace(s, Flags.Carry | Flags.Overflow, (a >> 63) | (((a >> 63) ^ (a >> 62)) & 1) << 11);
                    u++;
                    continue;

                case Op.ImulRR32:
                    x = (long)*(int*)(r + u->Dst) * *(int*)(r + u->Src);
                    *(ulong*)(r + u->Dst) = (uint)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = (int)x;
                    s->FlagB = x == (int)x ? 0 : 3;
                    u++;
                    continue;

                case Op.ImulRRI32:
                    x = (long)*(int*)(r + u->Src) * u->Imm32;
                    *(ulong*)(r + u->Dst) = (uint)x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = (int)x;
                    s->FlagB = x == (int)x ? 0 : 3;
                    u++;
                    continue;

                case Op.ImulRR64:
                    y = Math.BigMul(*(long*)(r + u->Dst), *(long*)(r + u->Src), out x);
                    *(long*)(r + u->Dst) = x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y == x >> 63 ? 0 : 3;
                    u++;
                    continue;

                case Op.ImulRRI64:
                    y = Math.BigMul(*(long*)(r + u->Src), (long)u->Imm32, out x);
                    *(long*)(r + u->Dst) = x;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = x;
                    s->FlagB = y == x >> 63 ? 0 : 3;
                    u++;
                    continue;

                case Op.SbbSame32:
                    y = Flags.IsCarry(s) ? 1 : 0;
                    *(ulong*)(r + u->Dst) = (uint)(-y);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = 0;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AdcRR32:
                    *(ulong*)(r + u->Dst) = (uint)(Arithmetic.AddWithCarry(s, *(uint*)(r + u->Dst), *(uint*)(r + u->Src), 4));
                    u++;
                    continue;

                case Op.AdcRI32:
                    *(ulong*)(r + u->Dst) = (uint)(Arithmetic.AddWithCarry(s, *(uint*)(r + u->Dst), (uint)u->Imm32, 4));
                    u++;
                    continue;

                case Op.SbbRR32:
                    *(ulong*)(r + u->Dst) = (uint)(Arithmetic.SubtractWithCarry(s, *(uint*)(r + u->Dst), *(uint*)(r + u->Src), 4));
                    u++;
                    continue;

                case Op.SbbRI32:
                    *(ulong*)(r + u->Dst) = (uint)(Arithmetic.SubtractWithCarry(s, *(uint*)(r + u->Dst), (uint)u->Imm32, 4));
                    u++;
                    continue;

                case Op.SbbSame64:
                    y = Flags.IsCarry(s) ? 1 : 0;
                    *(ulong*)(r + u->Dst) = (ulong)-y;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = 0;
                    s->FlagB = y;
                    u++;
                    continue;

                case Op.AdcRR64:
                    *(ulong*)(r + u->Dst) = Arithmetic.AddWithCarry(s, *(ulong*)(r + u->Dst), *(ulong*)(r + u->Src), 8);
                    u++;
                    continue;

                case Op.AdcRI64:
                    *(ulong*)(r + u->Dst) = Arithmetic.AddWithCarry(s, *(ulong*)(r + u->Dst), (ulong)u->Imm32, 8);
                    u++;
                    continue;

                case Op.SbbRR64:
                    *(ulong*)(r + u->Dst) = Arithmetic.SubtractWithCarry(s, *(ulong*)(r + u->Dst), *(ulong*)(r + u->Src), 8);
                    u++;
                    continue;

                case Op.SbbRI64:
                    *(ulong*)(r + u->Dst) = Arithmetic.SubtractWithCarry(s, *(ulong*)(r + u->Dst), (ulong)u->Imm32, 8);
                    u++;
                    continue;

                case Op.MulR32:
                    a = s->Registers.Rax & 0xFFFFFFFF;
                    a *= *(uint*)(r + u->Src);
                    s->Registers.Rax = (uint)a;
                    s->Registers.Rdx = a >> 32;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = (int)a;
                    s->FlagB = a >> 32 != 0 ? 3 : 0;
                    u++;
                    continue;

                case Op.MulR64:
                    s->Registers.Rdx = Math.BigMul(s->Registers.Rax, *(ulong*)(r + u->Src), out a);
                    s->Registers.Rax = a;
                    s->FlagKind = FlagKind.Result;
                    s->FlagA = (long)a;
                    s->FlagB = s->Registers.Rdx != 0 ? 3 : 0;
                    u++;
                    continue;

                case Op.CmovBRR32:
                    *(ulong*)(r + u->Dst) = Flags.IsCarry(s) ? *(uint*)(r + u->Src) : *(uint*)(r + u->Dst);
                    u++;
                    continue;

                case Op.CmovAeRR32:
                    *(ulong*)(r + u->Dst) = Flags.IsCarry(s) ? *(uint*)(r + u->Dst) : *(uint*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmovERR32:
                    *(ulong*)(r + u->Dst) = Flags.IsZero(s) ? *(uint*)(r + u->Src) : *(uint*)(r + u->Dst);
                    u++;
                    continue;

                case Op.CmovNeRR32:
                    *(ulong*)(r + u->Dst) = Flags.IsZero(s) ? *(uint*)(r + u->Dst) : *(uint*)(r + u->Src);
                    u++;
                    continue;

                case Op.Cdqe:
                    s->Registers.Rax = (ulong)(int)s->Registers.Rax;
                    u++;
                    continue;

                case Op.Cqo:
                    s->Registers.Rdx = (ulong)((long)s->Registers.Rax >> 63);
                    u++;
                    continue;

                case Op.Cdq:
                    s->Registers.Rdx = (uint)((int)s->Registers.Rax >> 31);
                    u++;
                    continue;

                case Op.SetccR:
                    *(r + u->Dst) = Flags.Holds(s, u->Condition) ? (byte)1 : (byte)0;
                    u++;
                    continue;

                case Op.CmovRR64:
                    if (Flags.Holds(s, u->Condition))
                        *(ulong*)(r + u->Dst) = *(ulong*)(r + u->Src);
                    u++;
                    continue;

                case Op.CmovRR32:
                    *(ulong*)(r + u->Dst) = Flags.Holds(s, u->Condition) ? *(uint*)(r + u->Src) : *(uint*)(r + u->Dst);
                    u++;
                    continue;

                case Op.PushR:
                    ea = s->Registers.Rsp - 8;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(ulong*)(ea + e->Addend) = *(ulong*)(r + u->Src);
                    s->Registers.Rsp = ea;
                    u++;
                    continue;

                case Op.PushI:
                    ea = s->Registers.Rsp - 8;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(long*)(ea + e->Addend) = u->Imm32;
                    s->Registers.Rsp = ea;
                    u++;
                    continue;

                case Op.PopR:
                    ea = s->Registers.Rsp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    a = *(ulong*)(ea + e->Addend);
                    s->Registers.Rsp = ea + 8;
                    *(ulong*)(r + u->Dst) = a;
                    u++;
                    continue;

                case Op.LoadX:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    if ((ea & (uint)u->Imm32) != 0)
                        goto Plain;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 15) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    *(Vector128<byte>*)(r + CpuRegisters.XmmOffset + u->Dst) = *(Vector128<byte>*)(ea + e->Addend);
                    u++;
                    continue;

                case Op.StoreX:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    if ((ea & (uint)u->Imm32) != 0)
                        goto Plain;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 15) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(Vector128<byte>*)(ea + e->Addend) = *(Vector128<byte>*)(r + CpuRegisters.XmmOffset + u->Src);
                    u++;
                    continue;

                case Op.MovXX:
                    *(Vector128<byte>*)(r + CpuRegisters.XmmOffset + u->Dst) = *(Vector128<byte>*)(r + CpuRegisters.XmmOffset + u->Src);
                    u++;
                    continue;

                case Op.XorXX:
                    *(Vector128<byte>*)(r + CpuRegisters.XmmOffset + u->Dst) ^= *(Vector128<byte>*)(r + CpuRegisters.XmmOffset + u->Src);
                    u++;
                    continue;

                case Op.Jmp:
                    goto Taken;

                case Op.JBAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if ((ulong)x < (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.JAeAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if ((ulong)x >= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.JEAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if (x == y)
                        goto Taken;
                    goto Fallthrough;

                case Op.JNeAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if (x != y)
                        goto Taken;
                    goto Fallthrough;

                case Op.JBeAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if ((ulong)x <= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.JAAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if ((ulong)x > (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.JLAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if (x < y)
                        goto Taken;
                    goto Fallthrough;

                case Op.JGeAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if (x >= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.JLeAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if (x <= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.JGAfterSub:
                    x = s->FlagA;
                    y = s->FlagB;
                    if (x > y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JB:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x < (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JAe:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x >= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JE:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x == y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JNe:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x != y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JBe:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x <= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JA:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x > (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JL:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x < y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JGe:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x >= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JLe:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x <= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR32JG:
                    x = *(int*)(r + u->Dst);
                    y = *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x > y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JB:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x < (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JAe:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x >= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JE:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x == y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JNe:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x != y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JBe:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x <= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JA:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x > (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JL:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x < y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JGe:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x >= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JLe:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x <= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI32JG:
                    x = *(int*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 2;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x > y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JB:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x < (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JAe:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x >= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JE:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x == y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JNe:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x != y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JBe:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x <= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JA:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x > (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JL:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x < y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JGe:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x >= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JLe:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x <= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRR64JG:
                    x = *(long*)(r + u->Dst);
                    y = *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x > y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JB:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x < (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JAe:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x >= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JE:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x == y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JNe:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x != y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JBe:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x <= (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JA:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if ((ulong)x > (ulong)y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JL:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x < y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JGe:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x >= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JLe:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x <= y)
                        goto Taken;
                    goto Fallthrough;

                case Op.CmpRI64JG:
                    x = *(long*)(r + u->Dst);
                    y = u->Imm32;
                    s->FlagKind = FlagKind.Sub + 3;
                    s->FlagA = x;
                    s->FlagB = y;
                    if (x > y)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRR8JE:
                    x = *(sbyte*)(r + u->Dst) & *(sbyte*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x == 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRR8JNe:
                    x = *(sbyte*)(r + u->Dst) & *(sbyte*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x != 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRI8JE:
                    x = *(sbyte*)(r + u->Dst) & (sbyte)u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x == 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRI8JNe:
                    x = *(sbyte*)(r + u->Dst) & (sbyte)u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x != 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRR32JE:
                    x = *(int*)(r + u->Dst) & *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x == 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRR32JNe:
                    x = *(int*)(r + u->Dst) & *(int*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x != 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRI32JE:
                    x = *(int*)(r + u->Dst) & (int)u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x == 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRI32JNe:
                    x = *(int*)(r + u->Dst) & (int)u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x != 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRR64JE:
                    x = *(long*)(r + u->Dst) & *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x == 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRR64JNe:
                    x = *(long*)(r + u->Dst) & *(long*)(r + u->Src);
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x != 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRI64JE:
                    x = *(long*)(r + u->Dst) & (long)u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x == 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.TestRI64JNe:
                    x = *(long*)(r + u->Dst) & (long)u->Imm32;
                    s->FlagKind = FlagKind.Sub64;
                    s->FlagA = x;
                    s->FlagB = 0;
                    if (x != 0)
                        goto Taken;
                    goto Fallthrough;

                case Op.JZero:
                    if (Flags.IsZero(s))
                        goto Taken;
                    goto Fallthrough;

                case Op.JNotZero:
                    if (Flags.IsZero(s))
                        goto Fallthrough;
                    goto Taken;

                case Op.Jcc:
                    if (Flags.Holds(s, u->Condition))
                        goto Taken;
                    goto Fallthrough;

                case Op.Call:
                    ea = s->Registers.Rsp - 8;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(ulong*)(ea + e->Addend) = u->Imm;
                    s->Registers.Rsp = ea;
                    goto Taken;

                case Op.CallR:
                    ea = s->Registers.Rsp - 8;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    rip = *(ulong*)(r + u->Src);
                    if (!IsCanonical(rip))
                        goto Plain;
                    *(ulong*)(ea + e->Addend) = u->Imm;
                    s->Registers.Rsp = ea;
                    goto Indirect;

                case Op.CallM:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    rip = *(ulong*)(ea + e->Addend);
                    if (!IsCanonical(rip))
                        goto Plain;
                    ea = s->Registers.Rsp - 8;
                    e = writeTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto WriteMiss;
                    *(ulong*)(ea + e->Addend) = u->Imm;
                    s->Registers.Rsp = ea;
                    goto Indirect;

                case Op.JmpR:
                    rip = *(ulong*)(r + u->Src);
                    if (!IsCanonical(rip))
                        goto Plain;
                    goto Indirect;

                case Op.JmpM:
                    ea = *(ulong*)(r + u->Base) + (*(ulong*)(r + u->Index) << u->Scale) + u->Disp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    rip = *(ulong*)(ea + e->Addend);
                    if (!IsCanonical(rip))
                        goto Plain;
                    goto Indirect;

                case Op.Ret:
                    ea = s->Registers.Rsp;
                    e = readTlb + ((ea >> 12) & (TlbEntry.Count - 1));
                    if (((ea + 7) & TlbEntry.PageMask) != e->Tag)
                        goto ReadMiss;
                    rip = *(ulong*)(ea + e->Addend);
                    if (!IsCanonical(rip))
                        goto Plain;
                    s->Registers.Rsp = ea + u->Imm;
                    goto Indirect;

                case Op.GenericEnd:
                    s->Budget = budget;
                    status = ExecuteGeneric(block, u);
                    budget = s->Budget;
                    if (status != 0)
                        goto Special;
                    rip = s->Registers.Rip;
                    goto Indirect;

                case Op.Continue:
                    goto Taken;

                case Op.Thunk:
                    s->Budget = budget;
                    status = ExecuteThunk(u);
                    budget = s->Budget;
                    if (status != 0)
                        goto Special;
                    rip = s->Registers.Rip;
                    goto Indirect;

                default:
                    s->Budget = budget + block->Count - u->Ordinal;
                    s->Registers.Rip = block->Rip + u->RipDelta;
                    return LoopExit.Lookup;
            }

        ReadMiss:
            if (FillRead(ea))
                continue;
            goto Plain;

        WriteMiss:
            if (FillWrite(ea))
                continue;

        Plain:
            // Asked before, because the instruction may overwrite its own block.
            n = u->Op >= Op.Jmp ? 1 : 0;
            s->Budget = budget;
            status = ExecutePlain(block, u);
            budget = s->Budget;
            if (status != 0)
                goto Special;
            rip = s->Registers.Rip;
            if (n != 0)
                goto Indirect;
            u++;
        }

    Taken:
        link = (Link*)(u + 1);
        if (link->Taken == null)
        {
            rip = link->TakenRip;
            s->Budget = budget;
            block = Resolve(block, rip, &link->Taken);
            if (block == null)
                return LoopExit.Fault;
            goto Enter;
        }

        block = link->Taken;
        goto Enter;

    Fallthrough:
        link = (Link*)(u + 1);
        if (link->Fallthrough == null)
        {
            rip = link->FallthroughRip;
            s->Budget = budget;
            block = Resolve(block, rip, &link->Fallthrough);
            if (block == null)
                return LoopExit.Fault;
            goto Enter;
        }

        block = link->Fallthrough;
        goto Enter;

    Indirect:
        block = _blocks.JumpCache[BlockCache.JumpIndex(rip)];
        if (block != null && block->Rip == rip)
            goto Enter;
        s->Registers.Rip = rip;
        s->Budget = budget;
        return LoopExit.Lookup;

    Special:
        // The methods called have left rip where it belongs: at a faulting instruction, behind any other.
        s->Budget = budget + block->Count - u->Ordinal - ((LoopExit)status == LoopExit.Fault ? 0 : 1);
        return (LoopExit)status;
    }
}

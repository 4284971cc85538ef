using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Which instructions have micro-ops of their own: those that are frequent in drivers.</summary>
internal sealed unsafe partial class Translator
{
    private static Selection Select(in Instruction i, MicroOp* op, Link* link, MicroOp* previous)
    {
        switch (i.FlowControl)
        {
            case FlowControl.Next:
                return SelectInner(i, op);
            case FlowControl.ConditionalBranch:
                return SelectConditional(i, op, link, previous);
            case FlowControl.UnconditionalBranch or FlowControl.Call when i.Op0Kind == OpKind.NearBranch64:
                op->Op = i.Mnemonic == Mnemonic.Call ? Op.Call : Op.Jmp;
                op->Imm = i.NextIP;
                link->TakenRip = i.NearBranchTarget;
                return Selection.End;
            case FlowControl.IndirectBranch or FlowControl.IndirectCall:
                return SelectIndirect(i, op);
            case FlowControl.Return when i.Code is Code.Retnq or Code.Retnq_imm16:
                op->Op = Op.Ret;
                op->Imm = 8u + (i.Code == Code.Retnq_imm16 ? i.Immediate16 : 0u);
                return Selection.End;
            default:
                return Selection.None;
        }
    }

    private static Selection SelectConditional(in Instruction i, MicroOp* op, Link* link, MicroOp* previous)
    {
        if (i.ConditionCode == ConditionCode.None || i.Op0Kind != OpKind.NearBranch64 || i.Mnemonic is Mnemonic.Loope or Mnemonic.Loopne)
            return Selection.None;
        int condition = DataMovement.Condition(i);
        link->TakenRip = i.NearBranchTarget;
        int order = ComparisonOrder(condition);
        if (previous != null && order >= 0)
        {
            if (previous->Ordinal + 1 == op->Ordinal && Fuse(previous->Op, condition, order) is { } fused)
            {
                op->Op = fused;
                return Selection.Fused;
            }

            if (SetsSub(previous->Op))
            {
                op->Op = Op.JBAfterSub + (ushort)order;
                return Selection.End;
            }
        }

        op->Op = condition switch { 4 => Op.JZero, 5 => Op.JNotZero, _ => Op.Jcc };
        op->Condition = (byte)condition;
        return Selection.End;
    }

    /// <summary>Position of a condition among b, ae, e, ne, be, a, l, ge, le, g; -1 for the others, which need more than two operands to compare.</summary>
    private static int ComparisonOrder(int condition) => condition switch
    {
        >= 2 and <= 7 => condition - 2,
        >= 12 => condition - 6,
        _ => -1,
    };

    private static Op? Fuse(Op comparison, int condition, int order) => comparison switch
    {
        Op.CmpRR32 => Op.CmpRR32JB + (ushort)order,
        Op.CmpRI32 => Op.CmpRI32JB + (ushort)order,
        Op.CmpRR64 => Op.CmpRR64JB + (ushort)order,
        Op.CmpRI64 => Op.CmpRI64JB + (ushort)order,
        Op.TestRR8 when condition is 4 or 5 => Op.TestRR8JE + (ushort)(condition - 4),
        Op.TestRI8 when condition is 4 or 5 => Op.TestRI8JE + (ushort)(condition - 4),
        Op.TestRR32 when condition is 4 or 5 => Op.TestRR32JE + (ushort)(condition - 4),
        Op.TestRI32 when condition is 4 or 5 => Op.TestRI32JE + (ushort)(condition - 4),
        Op.TestRR64 when condition is 4 or 5 => Op.TestRR64JE + (ushort)(condition - 4),
        Op.TestRI64 when condition is 4 or 5 => Op.TestRI64JE + (ushort)(condition - 4),
        _ => null,
    };

    /// <summary>Whether a micro-op leaves flags of kind <see cref="FlagKind.Sub"/>, so that a comparison can use the operands directly.</summary>
    private static bool SetsSub(Op op) => op is Op.CmpRR8 or Op.CmpRI8 or Op.CmpRR16 or Op.CmpRI16 or Op.CmpRR32 or Op.CmpRI32 or Op.CmpRR64 or Op.CmpRI64
        or Op.CmpRM32 or Op.CmpRM64 or Op.CmpMR8 or Op.CmpMR16 or Op.CmpMR32 or Op.CmpMR64 or Op.CmpMI8 or Op.CmpMI16 or Op.CmpMI32 or Op.CmpMI64
        or Op.TestRR8 or Op.TestRI8 or Op.TestRR16 or Op.TestRI16 or Op.TestRR32 or Op.TestRI32 or Op.TestRR64 or Op.TestRI64
        or Op.TestMI8 or Op.TestMI16 or Op.TestMI32 or Op.TestMI64
        or Op.SubRR32 or Op.SubRI32 or Op.SubRR64 or Op.SubRI64 or Op.SubRM32 or Op.SubRM64 or Op.SubRR8 or Op.SubRI8
        or Op.AndRR32 or Op.AndRI32 or Op.AndRR64 or Op.AndRI64 or Op.AndRM32 or Op.AndRM64 or Op.AndRR8 or Op.AndRI8
        or Op.OrRR32 or Op.OrRI32 or Op.OrRR64 or Op.OrRI64 or Op.OrRM32 or Op.OrRM64 or Op.OrRR8 or Op.OrRI8
        or Op.XorRR32 or Op.XorRI32 or Op.XorRR64 or Op.XorRI64 or Op.XorRM32 or Op.XorRM64 or Op.XorRR8 or Op.XorRI8 or Op.ZeroR;

    private static Selection SelectIndirect(in Instruction i, MicroOp* op)
    {
        bool isCall = i.FlowControl == FlowControl.IndirectCall;
        op->Imm = i.NextIP;
        if (i.Op0Kind == OpKind.Register && RegisterMap.Size(i.Op0Register) == 8)
        {
            op->Op = isCall ? Op.CallR : Op.JmpR;
            op->Src = (byte)RegisterMap.Offset(i.Op0Register);
            return Selection.End;
        }

        // An address based on rsp would be wrong in the fallback only if it were taken half-way; it never is.
        if (i.Op0Kind != OpKind.Memory || i.MemorySize.GetSize() != 8 || i.MemorySize == MemorySize.SegPtr64 || !Address(i, op))
            return Selection.None;
        op->Op = isCall ? Op.CallM : Op.JmpM;
        return Selection.End;
    }

    private static Selection SelectInner(in Instruction i, MicroOp* op)
    {
        if (i.HasRepPrefix || i.HasRepnePrefix || i.Encoding != EncodingKind.Legacy)
            return Selection.None;
        Op selected = i.Mnemonic switch
        {
            Mnemonic.Mov => Move(i, op),
            Mnemonic.Movzx => ZeroExtend(i, op),
            Mnemonic.Movsx or Mnemonic.Movsxd => SignExtend(i, op),
            Mnemonic.Lea => LoadAddress(i, op),
            Mnemonic.Add => Alu(i, op, Op.AddRR8, Op.AddRI8, Op.AddRR32, Op.AddRI32, Op.AddRM32, Op.AddMR32, Op.AddMI32),
            Mnemonic.Sub => Alu(i, op, Op.SubRR8, Op.SubRI8, Op.SubRR32, Op.SubRI32, Op.SubRM32, Op.SubMR32, Op.SubMI32),
            Mnemonic.And => Alu(i, op, Op.AndRR8, Op.AndRI8, Op.AndRR32, Op.AndRI32, Op.AndRM32, Op.AndMR32, Op.AndMI32),
            Mnemonic.Or => Alu(i, op, Op.OrRR8, Op.OrRI8, Op.OrRR32, Op.OrRI32, Op.OrRM32, Op.OrMR32, Op.OrMI32),
            Mnemonic.Xor => Xor(i, op),
            Mnemonic.Adc => WithCarry(i, op, Op.AdcRR32, Op.AdcRI32, Op.AdcRR64, Op.AdcRI64),
            Mnemonic.Sbb => WithCarry(i, op, Op.SbbRR32, Op.SbbRI32, Op.SbbRR64, Op.SbbRI64),
            Mnemonic.Cmp => Compare(i, op),
            Mnemonic.Test => Test(i, op),
            Mnemonic.Inc => Unary(i, op, Op.IncR32, Op.IncR64, Op.IncM32, Op.IncM64),
            Mnemonic.Dec => Unary(i, op, Op.DecR32, Op.DecR64, Op.DecM32, Op.DecM64),
            Mnemonic.Neg => Unary(i, op, Op.NegR32, Op.NegR64, Op.Resync, Op.Resync),
            Mnemonic.Not => Unary(i, op, Op.NotR32, Op.NotR64, Op.Resync, Op.Resync),
            Mnemonic.Shl => Shift(i, op, Op.ShlRI32, Op.ShlRC32, Op.ShlRI64, Op.ShlRC64),
            Mnemonic.Shr => Shift(i, op, Op.ShrRI32, Op.ShrRC32, Op.ShrRI64, Op.ShrRC64),
            Mnemonic.Sar => Shift(i, op, Op.SarRI32, Op.SarRC32, Op.SarRI64, Op.SarRC64),
            Mnemonic.Rol => Shift(i, op, Op.RolRI32, Op.Resync, Op.RolRI64, Op.Resync),
            Mnemonic.Ror => Shift(i, op, Op.RorRI32, Op.Resync, Op.RorRI64, Op.Resync),
            Mnemonic.Imul => Multiply(i, op),
            Mnemonic.Mul when i.Op0Kind == OpKind.Register => MultiplyWide(i, op),
            Mnemonic.Cdqe => Op.Cdqe,
            Mnemonic.Cqo => Op.Cqo,
            Mnemonic.Cdq => Op.Cdq,
            Mnemonic.Push => Push(i, op),
            Mnemonic.Pop => Pop(i, op),
            Mnemonic.Movups or Mnemonic.Movupd or Mnemonic.Movdqu => VectorMove(i, op, 0),
            Mnemonic.Movaps or Mnemonic.Movapd or Mnemonic.Movdqa => VectorMove(i, op, 15),
            Mnemonic.Xorps or Mnemonic.Pxor or Mnemonic.Xorpd => VectorXor(i, op),
            Mnemonic.Nop when i.OpCount == 0 || i.Op0Kind == OpKind.Memory => Op.Continue,
            >= Mnemonic.Cmova and <= Mnemonic.Cmovs => ConditionalMove(i, op),
            >= Mnemonic.Seta and <= Mnemonic.Sets when i.Op0Kind == OpKind.Register => SetCondition(i, op),
            _ => Op.Resync,
        };
        return selected switch { Op.Resync => Selection.None, Op.Continue => Selection.Nothing, _ => Take(op, selected) };
    }

    private static Selection Take(MicroOp* op, Op selected)
    {
        op->Op = selected;
        return Selection.Inner;
    }

    private static Op Move(in Instruction i, MicroOp* op)
    {
        Register d = i.Op0Register, s = i.Op1Register;
        if (i.Op0Kind == OpKind.Register && !RegisterMap.IsGeneral(d))
        {
            op->Src = (byte)RegisterMap.Offset(s);
            return d == Register.CR8 ? Op.WriteCr8 : Op.Resync;
        }

        if (i.Op1Kind == OpKind.Register && !RegisterMap.IsGeneral(s))
        {
            op->Dst = (byte)RegisterMap.Offset(d);
            return s == Register.CR8 ? Op.ReadCr8 : Op.Resync;
        }

        int size = Processor.SizeOf(i, 0);
        if (i.Op0Kind == OpKind.Register)
        {
            op->Dst = (byte)RegisterMap.Offset(d);
            switch (i.Op1Kind)
            {
                case OpKind.Register:
                    op->Src = (byte)RegisterMap.Offset(s);
                    return BySize(size, Op.MovRR8, Op.MovRR16, Op.MovRR32, Op.MovRR64);
                case OpKind.Memory:
                    if (!Address(i, op))
                        return Op.Resync;
                    return HasIndex(i)
                        ? BySize(size, Op.Load8, Op.Load16, Op.Load32, Op.Load64)
                        : BySize(size, Op.Load8, Op.Load16, Op.Load32Base, Op.Load64Base);
                default:
                    ulong value = i.GetImmediate(1);
                    op->Imm = size == 4 ? (uint)value : value;
                    op->Imm32 = (int)value;
                    return BySize(size, Op.MovRI8, Op.Resync, Op.MovRI, Op.MovRI);
            }
        }

        if (!Address(i, op))
            return Op.Resync;
        if (i.Op1Kind == OpKind.Register)
        {
            op->Src = (byte)RegisterMap.Offset(s);
            return HasIndex(i)
                ? BySize(size, Op.Store8, Op.Store16, Op.Store32, Op.Store64)
                : BySize(size, Op.Store8Base, Op.Store16Base, Op.Store32Base, Op.Store64Base);
        }

        op->Imm32 = (int)i.GetImmediate(1);
        return BySize(size, Op.StoreI8, Op.StoreI16, Op.StoreI32, Op.StoreI64);
    }

    private static Op ZeroExtend(in Instruction i, MicroOp* op)
    {
        int from = Processor.SizeOf(i, 1);
        if (RegisterMap.Size(i.Op0Register) < 4)
            return Op.Resync;
        op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
        if (i.Op1Kind == OpKind.Register)
        {
            op->Src = (byte)RegisterMap.Offset(i.Op1Register);
            return from == 1 ? Op.Movzx8 : Op.Movzx16;
        }

        if (!Address(i, op))
            return Op.Resync;
        return HasIndex(i) ? from == 1 ? Op.LoadZx8 : Op.LoadZx16 : from == 1 ? Op.LoadZx8Base : Op.LoadZx16Base;
    }

    private static Op SignExtend(in Instruction i, MicroOp* op)
    {
        int from = Processor.SizeOf(i, 1), to = RegisterMap.Size(i.Op0Register);
        if (to < 4 || from >= to)
            return Op.Resync;
        op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
        if (i.Op1Kind == OpKind.Register)
        {
            op->Src = (byte)RegisterMap.Offset(i.Op1Register);
            return (from, to) switch
            {
                (1, 4) => Op.Movsx8To32,
                (1, 8) => Op.Movsx8To64,
                (2, 4) => Op.Movsx16To32,
                (2, 8) => Op.Movsx16To64,
                _ => Op.Movsx32To64,
            };
        }

        if (!Address(i, op))
            return Op.Resync;
        return (from, to) switch
        {
            (1, 4) => Op.LoadSx8To32,
            (1, 8) => Op.LoadSx8To64,
            (2, 4) => Op.LoadSx16To32,
            (2, 8) => Op.LoadSx16To64,
            _ => Op.LoadSx32To64,
        };
    }

    private static Op LoadAddress(in Instruction i, MicroOp* op)
    {
        // lea ignores segments.
        int size = RegisterMap.Size(i.Op0Register);
        if (size < 4 || i.SegmentPrefix != Register.None || !Address(i, op))
            return Op.Resync;
        op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
        return size == 4 ? Op.Lea32 : HasIndex(i) ? Op.Lea64 : Op.LeaBase;
    }

    /// <summary>Two-operand arithmetic. The 32-bit forms are given; those of 64 bits are as far behind as <see cref="Op.AddRR64"/> is behind AddRR32.</summary>
    private static Op Alu(in Instruction i, MicroOp* op, Op rr8, Op ri8, Op rr32, Op ri32, Op rm32, Op mr32, Op mi32)
    {
        int size = Processor.SizeOf(i, 0);
        Op form = i.Op0Kind == OpKind.Register
            ? i.Op1Kind == OpKind.Register ? BySize(size, rr8, Op.Resync, rr32, To64(rr32))
                : i.Op1Kind == OpKind.Memory ? BySize(size, Op.Resync, Op.Resync, rm32, To64(rm32))
                : BySize(size, ri8, Op.Resync, ri32, To64(ri32))
            : i.Op1Kind == OpKind.Register ? BySize(size, Op.Resync, Op.Resync, mr32, To64(mr32))
                : BySize(size, Op.Resync, Op.Resync, mi32, To64(mi32));
        return form == Op.Resync || !Operands(i, op) ? Op.Resync : form;
    }

    private static Op To64(Op op32) => op32 >= Op.AddMR32 && op32 <= Op.XorMI32
        ? op32 + (ushort)(Op.AddMR64 - Op.AddMR32)
        : op32 + (ushort)(Op.AddRR64 - Op.AddRR32);

    private static Op Xor(in Instruction i, MicroOp* op)
    {
        if (i.Op0Kind == OpKind.Register && i.Op1Kind == OpKind.Register && i.Op0Register == i.Op1Register && RegisterMap.Size(i.Op0Register) >= 4)
        {
            op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
            return Op.ZeroR;
        }

        return Alu(i, op, Op.XorRR8, Op.XorRI8, Op.XorRR32, Op.XorRI32, Op.XorRM32, Op.XorMR32, Op.XorMI32);
    }

    private static Op WithCarry(in Instruction i, MicroOp* op, Op rr32, Op ri32, Op rr64, Op ri64)
    {
        if (i.Op0Kind != OpKind.Register || i.Op1Kind == OpKind.Memory || !Operands(i, op))
            return Op.Resync;
        int size = RegisterMap.Size(i.Op0Register);
        if (i.Op1Kind != OpKind.Register)
            return BySize(size, Op.Resync, Op.Resync, ri32, ri64);

        // sbb of a register with itself spreads the carry.
        return i.Mnemonic == Mnemonic.Sbb && i.Op0Register == i.Op1Register
            ? BySize(size, Op.Resync, Op.Resync, Op.SbbSame32, Op.SbbSame64)
            : BySize(size, Op.Resync, Op.Resync, rr32, rr64);
    }

    private static Op MultiplyWide(in Instruction i, MicroOp* op)
    {
        op->Src = (byte)RegisterMap.Offset(i.Op0Register);
        return BySize(RegisterMap.Size(i.Op0Register), Op.Resync, Op.Resync, Op.MulR32, Op.MulR64);
    }

    private static Op Compare(in Instruction i, MicroOp* op)
    {
        if (!Operands(i, op))
            return Op.Resync;
        int size = Processor.SizeOf(i, 0);
        if (i.Op0Kind == OpKind.Register)
        {
            return i.Op1Kind switch
            {
                OpKind.Register => BySize(size, Op.CmpRR8, Op.CmpRR16, Op.CmpRR32, Op.CmpRR64),
                OpKind.Memory => BySize(size, Op.Resync, Op.Resync, Op.CmpRM32, Op.CmpRM64),
                _ => BySize(size, Op.CmpRI8, Op.CmpRI16, Op.CmpRI32, Op.CmpRI64),
            };
        }

        return i.Op1Kind == OpKind.Register
            ? BySize(size, Op.CmpMR8, Op.CmpMR16, Op.CmpMR32, Op.CmpMR64)
            : BySize(size, Op.CmpMI8, Op.CmpMI16, Op.CmpMI32, Op.CmpMI64);
    }

    private static Op Test(in Instruction i, MicroOp* op)
    {
        if (!Operands(i, op))
            return Op.Resync;
        int size = Processor.SizeOf(i, 0);
        if (i.Op0Kind == OpKind.Register)
        {
            if (i.Op1Kind != OpKind.Register)
                return BySize(size, Op.TestRI8, Op.TestRI16, Op.TestRI32, Op.TestRI64);
            if (i.Op0Register != i.Op1Register || size < 4)
                return BySize(size, Op.TestRR8, Op.TestRR16, Op.TestRR32, Op.TestRR64);

            // The same flags as a comparison with zero, which has more fused forms.
            op->Imm32 = 0;
            return size == 4 ? Op.CmpRI32 : Op.CmpRI64;
        }

        return i.Op1Kind == OpKind.Register ? Op.Resync : BySize(size, Op.TestMI8, Op.TestMI16, Op.TestMI32, Op.TestMI64);
    }

    private static Op Unary(in Instruction i, MicroOp* op, Op r32, Op r64, Op m32, Op m64)
    {
        int size = Processor.SizeOf(i, 0);
        if (i.Op0Kind == OpKind.Register)
        {
            op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
            return BySize(size, Op.Resync, Op.Resync, r32, r64);
        }

        return Address(i, op) ? BySize(size, Op.Resync, Op.Resync, m32, m64) : Op.Resync;
    }

    private static Op Shift(in Instruction i, MicroOp* op, Op ri32, Op rc32, Op ri64, Op rc64)
    {
        int size = Processor.SizeOf(i, 0);
        if (i.Op0Kind != OpKind.Register || size < 4)
            return Op.Resync;
        op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
        if (i.Op1Kind == OpKind.Register)
            return size == 4 ? rc32 : rc64;
        op->Imm32 = (int)i.GetImmediate(1) & ((size * 8) - 1);
        return op->Imm32 == 0 ? Op.Resync : size == 4 ? ri32 : ri64;
    }

    private static Op Multiply(in Instruction i, MicroOp* op)
    {
        if (i.OpCount < 2 || i.Op1Kind != OpKind.Register || RegisterMap.Size(i.Op0Register) < 4)
            return Op.Resync;
        bool is32 = RegisterMap.Size(i.Op0Register) == 4;
        op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
        op->Src = (byte)RegisterMap.Offset(i.Op1Register);
        if (i.OpCount == 2)
            return is32 ? Op.ImulRR32 : Op.ImulRR64;
        op->Imm32 = (int)i.GetImmediate(2);
        return is32 ? Op.ImulRRI32 : Op.ImulRRI64;
    }

    private static Op Push(in Instruction i, MicroOp* op)
    {
        if (i.StackPointerIncrement != -8)
            return Op.Resync;
        if (i.Op0Kind == OpKind.Register)
        {
            op->Src = (byte)RegisterMap.Offset(i.Op0Register);
            return RegisterMap.IsGeneral(i.Op0Register) ? Op.PushR : Op.Resync;
        }

        if (i.Op0Kind == OpKind.Memory)
            return Op.Resync;
        op->Imm32 = (int)i.GetImmediate(0);
        return Op.PushI;
    }

    private static Op Pop(in Instruction i, MicroOp* op)
    {
        if (i.StackPointerIncrement != 8 || i.Op0Kind != OpKind.Register || !RegisterMap.IsGeneral(i.Op0Register))
            return Op.Resync;
        op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
        return Op.PopR;
    }

    private static Op VectorMove(in Instruction i, MicroOp* op, int alignment)
    {
        op->Imm32 = alignment;
        if (i.Op0Kind == OpKind.Register)
            op->Dst = (byte)((i.Op0Register - Register.XMM0) * 16);
        if (i.Op1Kind == OpKind.Register)
            op->Src = (byte)((i.Op1Register - Register.XMM0) * 16);
        if (i.Op0Kind == OpKind.Register && i.Op1Kind == OpKind.Register)
            return Op.MovXX;
        return !Address(i, op) ? Op.Resync : i.Op0Kind == OpKind.Register ? Op.LoadX : Op.StoreX;
    }

    private static Op VectorXor(in Instruction i, MicroOp* op)
    {
        if (i.Op1Kind != OpKind.Register || !Processor.IsXmm(i.Op0Register))
            return Op.Resync;
        op->Dst = (byte)((i.Op0Register - Register.XMM0) * 16);
        op->Src = (byte)((i.Op1Register - Register.XMM0) * 16);
        return Op.XorXX;
    }

    private static Op ConditionalMove(in Instruction i, MicroOp* op)
    {
        int size = RegisterMap.Size(i.Op0Register);
        if (i.Op1Kind != OpKind.Register || size < 4)
            return Op.Resync;
        op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
        op->Src = (byte)RegisterMap.Offset(i.Op1Register);
        op->Condition = (byte)DataMovement.Condition(i);
        return size != 4 ? Op.CmovRR64 : op->Condition switch
        {
            2 => Op.CmovBRR32,
            3 => Op.CmovAeRR32,
            4 => Op.CmovERR32,
            5 => Op.CmovNeRR32,
            _ => Op.CmovRR32,
        };
    }

    private static Op SetCondition(in Instruction i, MicroOp* op)
    {
        op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
        op->Condition = (byte)DataMovement.Condition(i);
        return Op.SetccR;
    }

    private static Op BySize(int size, Op op8, Op op16, Op op32, Op op64) => size switch { 1 => op8, 2 => op16, 4 => op32, _ => op64 };

    /// <summary>Fills in both operands of an instruction whose first is read or changed; false when an address is too complex.</summary>
    private static bool Operands(in Instruction i, MicroOp* op)
    {
        if (i.Op0Kind == OpKind.Register)
            op->Dst = (byte)RegisterMap.Offset(i.Op0Register);
        if (i.Op1Kind == OpKind.Register)
            op->Src = (byte)RegisterMap.Offset(i.Op1Register);
        else if (i.Op1Kind != OpKind.Memory)
            op->Imm32 = (int)i.GetImmediate(1);
        return (i.Op0Kind != OpKind.Memory && i.Op1Kind != OpKind.Memory) || Address(i, op);
    }

    private static bool HasIndex(in Instruction i) =>
        i.MemoryIndex != Register.None || (i.MemorySegment is Register.FS or Register.GS && i.MemoryBase != Register.None);

    /// <summary>Base, index and displacement; a segment base takes the place of one of the registers. False for 32-bit addresses or three registers.</summary>
    private static bool Address(in Instruction i, MicroOp* op)
    {
        Register b = i.MemoryBase, x = i.MemoryIndex;
        if (i.IsIPRelativeMemoryOperand)
        {
            if (b == Register.EIP || i.MemorySegment is Register.FS or Register.GS)
                return false;
            op->Base = op->Index = CpuRegisters.ZeroOffset;
            op->Disp = i.IPRelativeMemoryAddress;
            return true;
        }

        if ((b != Register.None && RegisterMap.Size(b) != 8) || (x != Register.None && RegisterMap.Size(x) != 8)
            || (b == Register.None && x == Register.None && i.MemoryDisplSize != 8))
            return false;
        op->Base = (byte)RegisterMap.Offset(b);
        op->Index = (byte)RegisterMap.Offset(x);
        op->Scale = (byte)Processor.ScaleShift(i.MemoryIndexScale);
        op->Disp = i.MemoryDisplacement64;
        if (i.MemorySegment is not (Register.FS or Register.GS))
            return true;
        byte segment = (byte)(i.MemorySegment == Register.FS ? CpuRegisters.FsBaseOffset : CpuRegisters.GsBaseOffset);
        if (x == Register.None)
        {
            op->Index = op->Base;
            op->Scale = 0;
            op->Base = segment;
            return true;
        }

        if (b != Register.None)
            return false;
        op->Base = segment;
        return true;
    }
}

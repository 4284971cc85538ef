using Iced.Intel;

namespace LastRef.Cpu;

public sealed unsafe partial class Processor
{
    /// <summary>Executes from a block on. At the end rip, registers and budget are exact.</summary>
    private LoopExit ExecuteBlocks(Block* block)
    {
        CpuState* s = _state;
        long budget = s->Budget;
        ulong rip;
        MicroOp* u;
        int status;

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

                case Op.GenericEnd:
                    s->Budget = budget;
                    status = ExecuteGeneric(block, u);
                    budget = s->Budget;
                    if (status != 0)
                        goto Special;
                    rip = s->Registers.Rip;
                    goto Indirect;

                case Op.Continue:
                    rip = ((Link*)(u + 1))->TakenRip;
                    goto Indirect;

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
        }

    Indirect:
        block = _blocks.JumpCache[BlockCache.JumpIndex(rip)];
        if (block != null && block->Rip == rip)
            goto Enter;
        s->Registers.Rip = rip;
        s->Budget = budget;
        return LoopExit.Lookup;

    Special:
        // Generic execution has left rip where it belongs: at a faulting instruction, behind any other.
        var exit = (LoopExit)status;
        s->Budget = budget + block->Count - u->Ordinal - (exit == LoopExit.Fault ? 0 : 1);
        return exit;
    }

    private int ExecuteThunk(MicroOp* u)
    {
        CpuState* s = _state;
        _pendingInBlock = 1;
        s->Registers.Rip = _thunkBase + (u->Imm * 16);
        Flags.Materialise(s);
        ThunkAction action = Host.OnThunk((int)u->Imm);
        Flags.Load(s);
        s->Registers.Zero = 0;
        _pendingInBlock = 0;
        if (action == ThunkAction.Stop)
            return (int)LoopExit.Stop;
        _faulted = false;
        ulong target = Read(s->Registers.Rsp, 8);
        if (_faulted)
            return (int)LoopExit.Fault;
        s->Registers.Rsp += 8;
        s->Registers.Rip = target;
        return _stopRequested ? (int)LoopExit.Stop : 0;
    }

    /// <summary>Executes one instruction completely, or not at all when it faults.</summary>
    /// <returns>0 or a <see cref="LoopExit"/>.</returns>
    private int ExecuteGeneric(Block* block, MicroOp* u)
    {
        _pendingInBlock = block->Count - u->Ordinal;
        return ExecuteGeneric(*(Instruction*)u->Imm);
    }

    private int ExecuteGeneric(in Instruction instruction)
    {
        CpuState* s = _state;
        CheckPoint saved = new(s);
        _faulted = false;
        _keepProgress = false;
        _halted = false;
        s->Registers.Rip = instruction.IP;
        _nextRip = instruction.NextIP;
        Execute(instruction);
        _pendingInBlock = 0;
        if (_faulted)
        {
            if (!_keepProgress)
                saved.Restore(s);
            return (int)LoopExit.Fault;
        }

        s->Registers.Rip = _nextRip;
        if (_halted)
            return (int)LoopExit.Halt;
        return _stopRequested ? (int)LoopExit.Stop : 0;
    }

    /// <summary>General registers and flags before an instruction, so that a fault at its last step leaves no trace.</summary>
    private readonly struct CheckPoint
    {
        private readonly GeneralRegisters _registers;
        private readonly long _flagA;
        private readonly long _flagB;
        private readonly uint _flagKind;
        private readonly ulong _rflags;

        public CheckPoint(CpuState* s)
        {
            _registers = *(GeneralRegisters*)s;
            _flagA = s->FlagA;
            _flagB = s->FlagB;
            _flagKind = s->FlagKind;
            _rflags = s->Registers.Rflags;
        }

        public void Restore(CpuState* s)
        {
            *(GeneralRegisters*)s = _registers;
            Flags.Set(s, _flagKind, _flagA, _flagB);
            s->Registers.Rflags = _rflags;
        }
    }

    private struct GeneralRegisters
    {
#pragma warning disable CS0169, IDE0044, IDE0051, CS0649 // copied as a whole
        private fixed ulong _values[16];
#pragma warning restore CS0169, IDE0044, IDE0051, CS0649
    }
}

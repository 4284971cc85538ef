using Iced.Intel;

namespace LastRef.Cpu;

public sealed unsafe partial class Processor
{
    /// <summary>The block at an address, entered into the link that led there; null after recording a fetch fault.</summary>
    private Block* Resolve(Block* from, ulong rip, Block** link)
    {
        // Looking up may reuse the memory of a stepping block, or free all of it.
        bool keeps = !from->IsScratch;
        int generation = _blocks.Generation;
        Block* block = Lookup(rip, nearBudget: false);
        if (block == null)
            _state->Registers.Rip = rip;
        else if (keeps && generation == _blocks.Generation)
            *link = block;
        return block;
    }

    /// <summary>Caches a translation for reading.</summary>
    /// <returns>False when that cannot help: the page was cached already (so the access crosses its end), may not be read, or is a device.</returns>
    private bool FillRead(ulong address)
    {
        if (_memory.ReadTlb[(address >> 12) & (TlbEntry.Count - 1)].Tag == (address & TlbEntry.PageMask))
            return false;
        byte* page = _memory.TranslateRead(address, PageAccess.Read, out _, out _);
        if (page == null)
            return false;
        _memory.FillRead(address, page);
        return true;
    }

    /// <summary>The same for writing; a page with decoded code is not cached.</summary>
    private bool FillWrite(ulong address)
    {
        if (_memory.WriteTlb[(address >> 12) & (TlbEntry.Count - 1)].Tag == (address & TlbEntry.PageMask))
            return false;
        byte* page = _memory.TranslateWrite(address, out _, out PageEntry* entry);
        return page != null && _memory.FillWrite(address, page, entry->Frame);
    }

    /// <summary>Executes a micro-op's instruction from its bytes, for what the micro-op left undone.</summary>
    private int ExecutePlain(Block* block, MicroOp* u)
    {
        ulong rip = block->Rip + u->RipDelta;
        if (!_translator.TryDecode(rip, out Instruction instruction))
        {
            // The instruction is no longer there; the dispatcher finds out.
            _state->Registers.Rip = rip;
            Raise(14, 0x10, rip);
            return (int)LoopExit.Fault;
        }

        _pendingInBlock = block->Count - u->Ordinal;
        return ExecuteGeneric(instruction);
    }

    private int ExecuteReadCr8(Block* block, MicroOp* u)
    {
        CpuState* s = _state;
        _pendingInBlock = block->Count - u->Ordinal;
        s->Registers.Rip = block->Rip + u->RipDelta;
        *(ulong*)((byte*)s + u->Dst) = Host.ReadCr(8);
        return AfterHost(s, u);
    }

    private int ExecuteWriteCr8(Block* block, MicroOp* u)
    {
        CpuState* s = _state;
        _pendingInBlock = block->Count - u->Ordinal;
        s->Registers.Rip = block->Rip + u->RipDelta;
        ulong value = *(ulong*)((byte*)s + u->Src);
        if (!Host.WriteCr(8, value))
        {
            _faulted = false;
            Raise(13);
            return (int)LoopExit.Fault;
        }

        s->Registers.Cr8 = value;
        return AfterHost(s, u);
    }

    private int AfterHost(CpuState* s, MicroOp* u)
    {
        _pendingInBlock = 0;
        if (!_stopRequested)
            return 0;
        s->Registers.Rip += u->Length;
        return (int)LoopExit.Stop;
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

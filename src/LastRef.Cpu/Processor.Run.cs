using Iced.Intel;

namespace LastRef.Cpu;

public sealed unsafe partial class Processor
{
    private readonly BlockCache _blocks;
    private readonly Translator _translator;
    private long _pendingInBlock;

    /// <summary>Executes at most <paramref name="maximumInstructions"/>, fewer when something ends the run.</summary>
    /// <remarks>Must not be called from inside a host member.</remarks>
    public RunResult Run(long maximumInstructions)
    {
        Invariant.Check(!_running, "Processor.Run called from inside a host member");
        CpuState* s = _state;
        Flags.Load(s);
        s->Registers.Zero = 0;
        s->Budget = _budgetAtStart = maximumInstructions;
        _pendingInBlock = 0;
        _stopRequested = false;
        _running = true;
        try
        {
            return RunUntilEnd(s);
        }
        finally
        {
            _instructionsBefore += (ulong)(_budgetAtStart - s->Budget);
            _running = false;
            Flags.Materialise(s);
        }
    }

    private RunResult RunUntilEnd(CpuState* s)
    {
        while (true)
        {
            if (s->Budget <= 0)
                return new RunResult(RunExit.BudgetExhausted, 0, 0, 0, null);
            Block* block = Lookup(s->Registers.Rip, s->Budget < Translator.MaxInstructions);
            if (block == null)
                return Ended(LoopExit.Fault);
            LoopExit exit = ExecuteBlocks(block);
            if (exit != LoopExit.Lookup)
                return Ended(exit);
        }
    }

    private RunResult Ended(LoopExit exit)
    {
        switch (exit)
        {
            case LoopExit.Stop:
                return new RunResult(RunExit.HostStop, 0, 0, 0, null);
            case LoopExit.Halt:
                return new RunResult(RunExit.Halted, 0, 0, 0, null);
            default:
                string? text = null;
                NextRip = _state->Registers.Rip;
                if (_translator.TryDecode(_state->Registers.Rip, out Instruction instruction))
                {
                    NextRip = instruction.NextIP;
                    text = instruction.ToString();
                }

                return _faultVector == UnsupportedVector
                    ? new RunResult(RunExit.Unsupported, 0, 0, 0, text)
                    : new RunResult(RunExit.Exception, _faultVector, _faultCode, _faultAddress, text);
        }
    }

    /// <summary>The block at an address, decoded if need be; null after recording a fetch fault.</summary>
    private Block* Lookup(ulong rip, bool nearBudget)
    {
        if (!nearBudget)
        {
            Block* known = _blocks.JumpCache[BlockCache.JumpIndex(rip)];
            if (known != null && known->Rip == rip)
                return known;
        }

        Block* block = _blocks.Find(rip);
        if (block == null)
        {
            int thunk = ThunkAt(rip);
            if (thunk >= 0)
            {
                block = _translator.TranslateThunk(rip, thunk);
            }
            else
            {
                if (!IsCanonical(rip))
                {
                    Raise(13, 0, rip);
                    return null;
                }

                block = _translator.Translate(rip, nearBudget ? 1 : Translator.MaxInstructions, out uint errorCode, out ulong address);
                if (block == null)
                {
                    Raise(14, errorCode, address);
                    return null;
                }

                if (nearBudget)
                    return block;
            }
        }

        if (nearBudget && block->Count > _state->Budget)
            return _translator.Translate(rip, 1, out _, out _);
        _blocks.JumpCache[BlockCache.JumpIndex(rip)] = block;
        return block;
    }
}

/// <summary>Why the block loop ended.</summary>
internal enum LoopExit
{
    /// <summary>Look rip up: unknown code, or too little budget for the next block.</summary>
    Lookup,
    Fault,
    Stop,
    Halt,
}

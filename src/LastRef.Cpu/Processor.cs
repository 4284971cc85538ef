using System.Runtime.InteropServices;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>An x86-64 processor in long mode, supervisor level, that executes guest code from <see cref="GuestMemory"/>.</summary>
/// <remarks>
/// Faults are precise: the faulting instruction has no effect and rip is at it. Software interrupts and breakpoints also leave rip at the instruction
/// (<see cref="NextRip"/> is behind it). Budgets are exact. Design: spec/cpu.md section 4, tier 0.
/// </remarks>
public sealed unsafe partial class Processor : IDisposable
{
    private readonly GuestMemory _memory;
    private CpuState* _state;
    private ulong _thunkBase;
    private ulong _thunkBytes;
    private ulong _instructionsBefore;
    private long _budgetAtStart;
    private bool _stopRequested;
    private bool _running;

    public Processor(GuestMemory memory, IProcessorHost host)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(host);
        _memory = memory;
        Host = host;
        _state = (CpuState*)NativeMemory.AlignedAlloc((nuint)sizeof(CpuState), 64);
        *_state = new CpuState { Registers = CpuRegisters.Initial };
        Flags.Load(_state);
        _blocks = new BlockCache();
        _translator = new Translator(memory, _blocks);
        memory.CodeCache = _blocks;
    }

    /// <summary>By <see cref="Iced.Intel.Mnemonic"/>, whether <see cref="SseInteger"/> knows it; null until it is met.</summary>
    internal bool?[] KnownVectorIntegers { get; } = new bool?[4096];

    /// <summary>The register file. Valid while no instruction executes: between runs and inside host calls.</summary>
    public ref CpuRegisters Registers => ref _state->Registers;

    /// <summary>Instructions executed since construction. One iteration of a repeated string instruction and one thunk count as one each.</summary>
    public ulong InstructionCount =>
        _running ? _instructionsBefore + (ulong)(_budgetAtStart - _state->Budget) - (ulong)_pendingInBlock : _instructionsBefore;

    /// <summary>Where execution would go on behind the instruction that ended the last run with an exception.</summary>
    public ulong NextRip { get; private set; }

    /// <summary>Receives which tracked guest code was executed; null costs nothing.</summary>
    public CodeCoverage? Coverage
    {
        get => _translator.Coverage;
        set
        {
            _translator.Coverage = value;
            _blocks.Clear();
        }
    }

    /// <summary>Uses no micro-ops but those that call the plain interpreter: the oracle for the others.</summary>
    internal bool PlainOnly
    {
        get => _translator.PlainOnly;
        init => _translator.PlainOnly = value;
    }

    internal IProcessorHost Host { get; }

    internal CpuState* State => _state;

    internal GuestMemory Memory => _memory;

    /// <summary>
    /// Execution at <paramref name="baseAddress"/> + 16 n calls <see cref="IProcessorHost.OnThunk"/> with n, whatever is mapped there.
    /// </summary>
    public void SetThunks(ulong baseAddress, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _thunkBase = baseAddress;
        _thunkBytes = (ulong)count * 16;
        _blocks.Clear();
    }

    /// <summary>Called by the host inside one of its members: the run ends right after the current instruction.</summary>
    public void RequestStop() => _stopRequested = true;

    public void Dispose()
    {
        if (_state == null)
            return;
        NativeMemory.AlignedFree(_state);
        _state = null;
        _blocks.Dispose();
        if (_memory.CodeCache == _blocks)
            _memory.CodeCache = null;
    }

    private int ThunkAt(ulong address)
    {
        ulong offset = address - _thunkBase;
        return offset < _thunkBytes && (offset & 15) == 0 ? (int)(offset >> 4) : -1;
    }
}

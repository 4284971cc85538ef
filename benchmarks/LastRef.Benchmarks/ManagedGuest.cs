using LastRef.Cpu;

namespace LastRef.Benchmarks;

/// <summary>A program in our processor.</summary>
internal sealed class ManagedGuest : IProcessorHost, IDisposable
{
    private readonly GuestMemory _memory = new(4096);
    private readonly Processor _processor;
    private ulong _cr8;

    public ManagedGuest(GuestProgram program)
    {
        const PageAccess ReadWrite = PageAccess.Read | PageAccess.Write, ReadExecute = PageAccess.Read | PageAccess.Execute;
        _memory.Map(GuestProgram.Code, GuestProgram.CodeBytes, ReadExecute);
        _memory.Map(GuestProgram.Imports, 0x1000, ReadWrite);
        _memory.Map(GuestProgram.Thunks, 0x1000, ReadExecute);
        _memory.Map(GuestProgram.Data, GuestProgram.DataBytes, ReadWrite);
        _memory.Map(GuestProgram.Stack, GuestProgram.StackBytes, ReadWrite);
        _memory.Map(GuestProgram.Gs, 0x1000, ReadWrite);
        _memory.Map(GuestProgram.Exit, 0x1000, ReadExecute);
        _memory.TryWrite(GuestProgram.Code, program.Bytes);
        _memory.TryWrite(GuestProgram.Exit, [0xF4]);
        _memory.TryWrite(GuestProgram.Gs + 0x188, BitConverter.GetBytes(5ul));
        for (int n = 0; n < GuestProgram.ThunkCount; n++)
            _memory.TryWrite(GuestProgram.Imports + (ulong)(8 * n), BitConverter.GetBytes(GuestProgram.Thunks + (ulong)(16 * n)));
        _processor = new Processor(_memory, this);
        _processor.SetThunks(GuestProgram.Thunks, GuestProgram.ThunkCount);
        _processor.Registers.GsBase = GuestProgram.Gs;
    }

    public ulong Instructions => _processor.InstructionCount;

    public GuestMemory Memory => _memory;

    /// <summary>Runs the program once; its result.</summary>
    public ulong Run(ulong turns)
    {
        ref CpuRegisters r = ref _processor.Registers;
        r.Rip = GuestProgram.Code;
        r.Rcx = turns;
        r.Rdx = GuestProgram.Data;
        r.Rsp = GuestProgram.Stack + GuestProgram.StackBytes - 0x108;
        _memory.TryWrite(r.Rsp, BitConverter.GetBytes(GuestProgram.Exit));
        RunResult result = _processor.Run(long.MaxValue);
        return result.Exit == RunExit.Halted ? _processor.Registers.Rax : throw new InvalidOperationException(result.ToString());
    }

    public ThunkAction OnThunk(int thunk)
    {
        ref CpuRegisters r = ref _processor.Registers;
        r.Rax = r.Rcx + r.Rdx + r.R8 + (r.R9 & 0xFF);
        return ThunkAction.Return;
    }

    public ulong ReadCr(int index) => _cr8;

    public bool WriteCr(int index, ulong value)
    {
        _cr8 = value;
        return true;
    }

    public bool ReadMsr(uint index, out ulong value)
    {
        value = 0;
        return false;
    }

    public bool WriteMsr(uint index, ulong value) => false;

    public ulong ReadXcr0() => 0;

    public bool WriteXcr0(ulong value) => false;

    public bool ReadPerformanceCounter(uint index, out ulong value)
    {
        value = 0;
        return false;
    }

    public (uint Eax, uint Ebx, uint Ecx, uint Edx) Cpuid(uint leaf, uint subleaf) => default;

    public ulong ReadTimestamp() => 0;

    public ulong ReadRandom() => 0;

    public uint In(ushort port, int size) => 0;

    public void Out(ushort port, int size, uint value)
    {
    }

    public void SetInterruptFlag(bool enabled)
    {
    }

    public void Dispose()
    {
        _processor.Dispose();
        _memory.Dispose();
    }
}

using System.Runtime.Intrinsics;
using LastRef.Cpu;

namespace LastRef.Tests;

/// <summary>The processor under test. Code must end with <c>hlt</c>.</summary>
internal sealed class OurEngine : IProcessorHost, IDisposable
{
    private readonly GuestMemory _memory = new(4096);
    private readonly Processor _processor;

    public OurEngine(bool plain)
    {
        _memory.Map(Layout.Data, Layout.DataBytes, PageAccess.Read | PageAccess.Write);
        _memory.Map(Layout.Code, Layout.CodeBytes, PageAccess.Read | PageAccess.Execute);
        _processor = new Processor(_memory, this) { PlainOnly = plain };
    }

    public ulong Rip => _processor.Registers.Rip;

    public ulong InstructionCount => _processor.InstructionCount;

    public void WriteData(ReadOnlySpan<byte> bytes) => Invariant.Check(_memory.TryWrite(Layout.Data, bytes), "data pages");

    public void ReadData(Span<byte> bytes) => Invariant.Check(_memory.TryRead(Layout.Data, bytes), "data pages");

    public void WriteCode(ulong address, ReadOnlySpan<byte> bytes) => Invariant.Check(_memory.TryWrite(address, bytes), "code pages");

    public void Load(MachineState state, ulong rip)
    {
        ref CpuRegisters r = ref _processor.Registers;
        for (int n = 0; n < 16; n++)
            SetGpr(ref r, n, state.Gpr[n]);
        for (int n = 0; n < 16; n++)
            r.Xmm(n) = System.Runtime.Intrinsics.Vector128.Create(state.Xmm[2 * n], state.Xmm[(2 * n) + 1]).AsByte();
        r.Rflags = state.Flags;
        r.Rip = rip;
        r.FpuControl = state.FpuControl;
        r.FpuStatus = state.FpuStatus;
        r.FpuTag = state.FpuTag;
        CopySt(ref r, state, toState: false);
    }

    public void SetSelectors(ushort code, ushort stack) => (_processor.Registers.Cs, _processor.Registers.Ss) = (code, stack);

    public void Store(MachineState state)
    {
        ref CpuRegisters r = ref _processor.Registers;
        for (int n = 0; n < 16; n++)
        {
            state.Gpr[n] = Gpr(ref r, n);
            state.Xmm[2 * n] = r.Xmm(n).AsUInt64()[0];
            state.Xmm[(2 * n) + 1] = r.Xmm(n).AsUInt64()[1];
        }

        state.Flags = r.Rflags;
        state.FpuControl = r.FpuControl;
        state.FpuStatus = r.FpuStatus;
        state.FpuTag = r.FpuTag;
        CopySt(ref r, state, toState: true);
    }

    public RunResult Run(long budget) => _processor.Run(budget);

    public ThunkAction OnThunk(int thunk) => throw new InvalidOperationException();

    /// <summary>CR4.OSXSAVE.</summary>
    public ulong ReadCr(int index) => index == 4 ? 1ul << 18 : 0;

    public bool WriteCr(int index, ulong value) => false;

    public bool ReadMsr(uint index, out ulong value)
    {
        value = 0;
        return false;
    }

    public bool WriteMsr(uint index, ulong value) => false;

    public ulong ReadXcr0() => 3;

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

    /// <summary>Registers stand in physical order in ours and from the top of the stack on in a state.</summary>
    private static unsafe void CopySt(ref CpuRegisters r, MachineState state, bool toState)
    {
        fixed (byte* bytes = r.StBytes)
        {
            for (int n = 0; n < 8; n++)
            {
                var register = (ulong*)(bytes + (16 * ((n + (r.FpuStatus >> 11)) & 7)));
                if (toState)
                    (state.St[2 * n], state.St[(2 * n) + 1]) = (register[0], (ushort)register[1]);
                else
                    (register[0], register[1]) = (state.St[2 * n], state.St[(2 * n) + 1]);
            }
        }
    }

    private static unsafe ulong Gpr(ref CpuRegisters r, int n) => r.Gpr[n];

    private static unsafe void SetGpr(ref CpuRegisters r, int n, ulong value) => r.Gpr[n] = value;
}

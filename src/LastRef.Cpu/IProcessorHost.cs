namespace LastRef.Cpu;

/// <summary>
/// What surrounds the processor: the emulated kernel behind thunks, and every privileged or non-deterministic operation.
/// </summary>
/// <remarks>
/// At each call <see cref="Processor.Registers"/> (with materialised flags) is what the guest sees at the instruction, and the host may change it in
/// <see cref="OnThunk"/>. Any member may call <see cref="Processor.RequestStop"/>: the run then ends right after the current instruction.
/// </remarks>
public interface IProcessorHost
{
    /// <summary>The guest executes thunk number <paramref name="thunk"/>; registers are as at function entry, <c>[rsp]</c> is the return address.</summary>
    ThunkAction OnThunk(int thunk);

    /// <summary>Value of control register 0, 2, 3, 4 or 8.</summary>
    ulong ReadCr(int index);

    /// <summary>Writes a control register; false raises #GP(0).</summary>
    bool WriteCr(int index, ulong value);

    /// <summary><c>rdmsr</c>; false raises #GP(0).</summary>
    bool ReadMsr(uint index, out ulong value);

    /// <summary><c>wrmsr</c>; false raises #GP(0).</summary>
    bool WriteMsr(uint index, ulong value);

    /// <summary>XCR0, the state components that software has enabled: 1 for x87, 2 for SSE.</summary>
    ulong ReadXcr0();

    /// <summary><c>xsetbv</c> with a value that the processor could take; false raises #GP(0).</summary>
    bool WriteXcr0(ulong value);

    /// <summary><c>rdpmc</c>; false, for a counter that does not exist, raises #GP(0).</summary>
    bool ReadPerformanceCounter(uint index, out ulong value);

    /// <summary><c>cpuid</c>: the virtual processor's answer, never the host's.</summary>
    (uint Eax, uint Ebx, uint Ecx, uint Edx) Cpuid(uint leaf, uint subleaf);

    /// <summary><c>rdtsc</c>, <c>rdtscp</c>: virtual time.</summary>
    ulong ReadTimestamp();

    /// <summary><c>rdrand</c>, <c>rdseed</c>.</summary>
    ulong ReadRandom();

    /// <summary>Port input of 1, 2 or 4 bytes.</summary>
    uint In(ushort port, int size);

    /// <summary>Port output of 1, 2 or 4 bytes.</summary>
    void Out(ushort port, int size, uint value);

    /// <summary><c>cli</c>, <c>sti</c>, or <c>popf</c> that changes the interrupt flag.</summary>
    void SetInterruptFlag(bool enabled);
}

using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What driver code asks of the machine below the kernel: control registers, time, ports.</summary>
internal sealed class ProcessorHost(NtKernel kernel) : IProcessorHost
{
    public ThunkAction OnThunk(int thunk) => kernel.OnThunk(thunk);

    public ulong ReadCr(int index)
    {
        ref var registers = ref kernel.Processor.Registers;
        return index switch
        {
            0 => registers.Cr0,
            2 => registers.Cr2,
            3 => registers.Cr3,
            4 => registers.Cr4,
            8 => registers.Cr8,
            _ => throw new InvariantException($"There is no control register {index}."),
        };
    }

    public bool WriteCr(int index, ulong value)
    {
        ref var registers = ref kernel.Processor.Registers;
        switch (index)
        {
            case 8:
                if (value > 15)
                    return false;
                registers.Cr8 = value;
                if (kernel.Ke.HasWorkAt((Irql)value))
                    kernel.Processor.RequestStop();
                return true;
            case 0:
                // Drivers clear CR0.WP to patch code; the lab keeps page protection and says so by stopping.
                if (value != registers.Cr0)
                    kernel.StopWith(MachineStopException.Unsupported(UnsupportedKind.Case, "a driver changes CR0"));
                return true;
            default:
                kernel.StopWith(MachineStopException.Unsupported(UnsupportedKind.Case, $"a driver writes CR{index}"));
                return true;
        }
    }

    public bool ReadMsr(uint index, out ulong value) => NoteInput().Hal.TryReadMsr(index, out value);

    public bool WriteMsr(uint index, ulong value) => kernel.Hal.TryWriteMsr(index, value);

    public (uint Eax, uint Ebx, uint Ecx, uint Edx) Cpuid(uint leaf, uint subleaf) => kernel.Hal.Cpuid(leaf, subleaf);

    public ulong ReadTimestamp() => NoteInput().Ke.Timestamp;

    public ulong ReadRandom() => NoteInput().Ke.NextRandom();

    public uint In(ushort port, int size) => NoteInput().Hal.ReadPort(port, size);

    public void Out(ushort port, int size, uint value) => NoteInput().Hal.WritePort(port, size, value);

    public void SetInterruptFlag(bool enabled) => kernel.Ke.SetInterruptFlag(enabled);

    /// <summary>What comes from outside memory and registers keeps a state from being proved to recur.</summary>
    private NtKernel NoteInput()
    {
        kernel.Scheduler.Recurrence?.NoteOutsideInput();
        return kernel;
    }
}

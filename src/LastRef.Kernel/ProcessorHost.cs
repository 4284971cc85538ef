using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What driver code asks of the machine below the kernel: control registers, time, ports.</summary>
internal sealed class ProcessorHost(NtKernel kernel) : IProcessorHost
{
    /// <summary>Protection and paging, write protection, numeric errors; extensions from debugging to XSAVE (Intel SDM volume 3, 2.5).</summary>
    private const ulong Cr0 = 0x8005_0033, Cr4 = 0x4_06F8;

    /// <summary>x87 and SSE state.</summary>
    private const ulong Xcr0 = 3;

    public ThunkAction OnThunk(int thunk) => kernel.OnThunk(thunk);

    public ulong ReadCr(int index)
    {
        ref var registers = ref kernel.Processor.Registers;
        return index switch
        {
            0 => Cr0,
            2 => registers.Cr2,

            // What EPROCESS has, until a driver writes another.
            3 => registers.Cr3 == 0 ? AddressMap.DirectoryTableBase.Value : registers.Cr3,
            4 => Cr4,
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
                if (value != Cr0)
                    kernel.StopWith(MachineStopException.Unsupported(UnsupportedKind.Case, "a driver changes CR0"));
                return true;
            default:
                kernel.StopWith(MachineStopException.Unsupported(UnsupportedKind.Case, $"a driver writes CR{index}"));
                return true;
        }
    }

    public bool ReadMsr(uint index, out ulong value) => NoteInput().Hal.TryReadMsr(index, out value);

    public bool WriteMsr(uint index, ulong value) => kernel.Hal.TryWriteMsr(index, value);

    public ulong ReadXcr0() => Xcr0;

    public bool WriteXcr0(ulong value)
    {
        if (value != Xcr0)
            kernel.StopWith(MachineStopException.Unsupported(UnsupportedKind.Case, "a driver changes XCR0"));
        return true;
    }

    /// <summary>The lab's processor has none, as cpuid leaf 0Ah says.</summary>
    public bool ReadPerformanceCounter(uint index, out ulong value)
    {
        value = 0;
        return false;
    }

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

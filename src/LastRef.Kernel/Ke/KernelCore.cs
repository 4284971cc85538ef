using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The kernel proper: IRQL, dispatcher objects and waits, time, DPCs, exceptions.</summary>
internal sealed partial class KernelCore(NtKernel kernel)
{
    private readonly NtKernel _kernel = kernel;

    /// <summary>The level of the only processor; it is CR8 (Fact: driver-binaries section 4, KeGetCurrentIrql).</summary>
    public Irql CurrentIrql
    {
        get => (Irql)_kernel.Processor.Registers.Cr8;
        set => _kernel.Processor.Registers.Cr8 = (ulong)value;
    }

    private MutableTarget Memory => _kernel.Memory;

    public void Boot()
    {
        _kernel.Guest.Map(AddressMap.SharedUserData.Value, 4096, PageAccess.Read);
        BootProcessorRegion();
        BootSharedData();
    }

    /// <summary>Whether something waits to be done as soon as the processor is at this level.</summary>
    public bool HasWorkAt(Irql irql) =>
        HasInterruptAt(irql) || (irql < Irql.Dispatch && (HasQueuedDpcs || (irql < Irql.Apc && HasDeliverableApc) || _kernel.Scheduler.HasPreempter));

    /// <summary>Interrupts disabled by <c>cli</c> keep DPCs and preemption out as a raised IRQL would.</summary>
    public void SetInterruptFlag(bool enabled)
    {
        InterruptsDisabled = !enabled;
        if (enabled && HasInterruptAt(CurrentIrql))
            _kernel.Processor.RequestStop();
    }

    public bool InterruptsDisabled { get; private set; }
}

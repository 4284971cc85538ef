using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The processor control region that drivers read through gs.</summary>
internal sealed partial class KernelCore
{
    private KPcr _pcr;
    private VirtualAddress _prcb;

    private void BootProcessorRegion()
    {
        _kernel.Guest.Map(AddressMap.ProcessorControlRegion.Value, 0x10000, PageAccess.Read | PageAccess.Write);
        _pcr = new KPcr(Memory, AddressMap.ProcessorControlRegion);
        _prcb = _pcr.PrcbAddress;
        _pcr.SetSelf(Memory, AddressMap.ProcessorControlRegion);
        _pcr.SetCurrentPrcb(Memory, _prcb);
        ref var registers = ref _kernel.Processor.Registers;
        registers.GsBase = AddressMap.ProcessorControlRegion.Value;
    }

    /// <summary>Makes gs:[188h] name the thread that runs (Fact: driver-binaries section 4, KeGetCurrentThread).</summary>
    public void OnThreadSwitch(KernelThread thread)
    {
        new KPrcb(Memory, _prcb).SetCurrentThread(Memory, thread.Address);
        _kernel.Processor.Registers.GsBase = AddressMap.ProcessorControlRegion.Value;
    }

    public void WriteThreadState(KernelThread thread, ThreadState state) =>
        new KThread(Memory, thread.Address).SetState(Memory, (byte)state);
}

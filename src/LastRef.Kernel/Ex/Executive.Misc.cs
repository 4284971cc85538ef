using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Small questions to the executive.</summary>
internal sealed partial class Executive
{
    /// <summary>A version 4 UUID from the machine's own sequence, the same in every run.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ExUuidCreate, WDK reference")]
    internal NtStatus ExUuidCreate(VirtualAddress uuid)
    {
        Memory.WriteUInt64(uuid, (_kernel.Ke.NextRandom() & 0x0FFF_FFFF_FFFF_FFFF) | 0x4000_0000_0000_0000);
        Memory.WriteUInt64(uuid + 8, (_kernel.Ke.NextRandom() & ~0xC0UL) | 0x80);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExGetPreviousMode, WDK reference")]
    internal byte ExGetPreviousMode() => _kernel.CurrentThread.PreviousModeIsUser ? (byte)1 : (byte)0;

    /// <summary>The lab's clock runs in UTC.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "ExSystemTimeToLocalTime, WDK reference")]
    internal void ExSystemTimeToLocalTime(VirtualAddress systemTime, VirtualAddress localTime) => Memory.WriteUInt64(localTime, Memory.ReadUInt64(systemTime));

    [KernelExport("ntoskrnl.exe", Doc = "ExLocalTimeToSystemTime, WDK reference")]
    internal void ExLocalTimeToSystemTime(VirtualAddress localTime, VirtualAddress systemTime) => Memory.WriteUInt64(systemTime, Memory.ReadUInt64(localTime));

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ExSetTimerResolution, WDK reference",
        NoEffect = "virtual time moves straight to what is due, whatever the resolution")]
    internal uint ExSetTimerResolution(uint desiredTime, NtBoolean setResolution) => KernelCore.TickLength100ns;

    [KernelExport("ntoskrnl.exe", Doc = "ExQueryTimerResolution, WDK reference")]
    internal void ExQueryTimerResolution(VirtualAddress maximumTime, VirtualAddress minimumTime, VirtualAddress currentTime)
    {
        Memory.WriteUInt32(maximumTime, KernelCore.TickLength100ns);
        Memory.WriteUInt32(minimumTime, 5_000);
        Memory.WriteUInt32(currentTime, KernelCore.TickLength100ns);
    }

    /// <summary>The lab runs a client edition without suites.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "ExVerifySuite, WDK reference")]
    internal NtBoolean ExVerifySuite(int suiteType) => false;

    /// <summary>PF_ values (winnt.h): compare-exchange double 2, MMX 3, SSE 6, rdtsc 8, SSE2 10, NX 12, SSE3 13, compare-exchange 128 14.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "ExIsProcessorFeaturePresent, WDK reference")]
    internal NtBoolean ExIsProcessorFeaturePresent(uint processorFeature) => processorFeature is 2 or 3 or 6 or 8 or 10 or 12 or 13 or 14 or 17;
}

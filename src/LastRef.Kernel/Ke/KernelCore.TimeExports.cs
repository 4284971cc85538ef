using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Reading clocks.</summary>
internal sealed partial class KernelCore
{
    [KernelExport("ntoskrnl.exe", Doc = "KeQueryTimeIncrement, WDK reference")]
    internal uint KeQueryTimeIncrement() => TickLength100ns;

    [KernelExport("ntoskrnl.exe", Doc = "KeQuerySystemTime, WDK reference: the routine behind the macro of the headers")]
    internal void KeQuerySystemTime(VirtualAddress currentTime) => Memory.WriteUInt64(currentTime, (ulong)SystemTime100ns);

    [KernelExport("ntoskrnl.exe", Doc = "KeQuerySystemTimePrecise, WDK reference")]
    internal void KeQuerySystemTimePrecise(VirtualAddress currentTime) => Memory.WriteUInt64(currentTime, (ulong)SystemTime100ns);

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryInterruptTime, WDK reference")]
    internal long KeQueryInterruptTime() => InterruptTime100ns;

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryInterruptTimePrecise, WDK reference")]
    internal long KeQueryInterruptTimePrecise(VirtualAddress qpcTimeStamp)
    {
        Memory.WriteUInt64(qpcTimeStamp, (ulong)_kernel.Hal.KeQueryPerformanceCounter(VirtualAddress.Null));
        return InterruptTime100ns;
    }

    /// <summary>The lab's machine never sleeps, so the time is the same as the biased one.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "KeQueryUnbiasedInterruptTime, WDK reference")]
    internal long KeQueryUnbiasedInterruptTime() => InterruptTime100ns;

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryTickCount, WDK reference: the routine behind the macro of the headers")]
    internal void KeQueryTickCount(VirtualAddress tickCount) => Memory.WriteUInt64(tickCount, (ulong)TickCount);

    /// <summary>Threads of the lab have used no whole tick: virtual time moves while they wait.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "KeQueryRuntimeThread: ticks in kernel and in user mode, ntifs.h")]
    internal uint KeQueryRuntimeThread(KThread thread, VirtualAddress userTime)
    {
        Memory.WriteUInt32(userTime, 0);
        return 0;
    }
}

namespace LastRef.Kernel;

/// <summary>Counters and delays.</summary>
internal sealed partial class HardwareLayer
{
    /// <summary>Ticks a second of the performance counter; 10 MHz is what Windows 10 shows on common PCs.</summary>
    public const long PerformanceFrequency = 10_000_000;

    /// <summary>Waits busily: virtual time passes, and nothing else runs.</summary>
    [KernelExport("hal.dll", Doc = "KeStallExecutionProcessor, WDK reference")]
    internal void KeStallExecutionProcessor(uint microSeconds) => _kernel.Ke.Stall(microSeconds * 10L);

    [KernelExport("hal.dll", Doc = "KeQueryPerformanceCounter, WDK reference")]
    internal long KeQueryPerformanceCounter(VirtualAddress performanceFrequency)
    {
        if (!performanceFrequency.IsNull)
            Memory.WriteUInt64(performanceFrequency, PerformanceFrequency);

        // Time in 100 ns, plus what instructions took at an assumed 1 GHz, so that two reads differ as on hardware.
        return _kernel.Ke.InterruptTime100ns + (long)(_kernel.Processor.InstructionCount / 100);
    }
}

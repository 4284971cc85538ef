using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Processors, floating-point state and caches.</summary>
internal sealed partial class KernelCore
{
    private const ushort AllGroups = 0xFFFF;
    private const string StateIsPerThread = "each thread of the lab has all registers of its own, and the kernel uses none of them";

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryActiveProcessors, WDK reference")]
    internal ulong KeQueryActiveProcessors() => OnlyProcessor;

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryActiveProcessorCount, WDK reference")]
    internal uint KeQueryActiveProcessorCount(VirtualAddress activeProcessors)
    {
        if (!activeProcessors.IsNull)
            Memory.WriteUInt64(activeProcessors, OnlyProcessor);
        return 1;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryActiveProcessorCountEx, WDK reference")]
    internal uint KeQueryActiveProcessorCountEx(ushort groupNumber) => groupNumber is 0 or AllGroups ? 1U : 0;

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryMaximumProcessorCount, WDK reference")]
    internal uint KeQueryMaximumProcessorCount() => 1;

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryMaximumProcessorCountEx, WDK reference")]
    internal uint KeQueryMaximumProcessorCountEx(ushort groupNumber) => groupNumber is 0 or AllGroups ? 1U : 0;

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryActiveGroupCount, WDK reference")]
    internal ushort KeQueryActiveGroupCount() => 1;

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryMaximumGroupCount, WDK reference")]
    internal ushort KeQueryMaximumGroupCount() => 1;

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryGroupAffinity, WDK reference")]
    internal ulong KeQueryGroupAffinity(ushort groupNumber) => groupNumber == 0 ? OnlyProcessor : 0;

    [KernelExport("ntoskrnl.exe", Doc = "KeQueryHighestNodeNumber, WDK reference")]
    internal ushort KeQueryHighestNodeNumber() => 0;

    [KernelExport("ntoskrnl.exe", Doc = "KeGetCurrentNodeNumber, WDK reference")]
    internal ushort KeGetCurrentNodeNumber() => 0;

    /// <summary>PROCESSOR_NUMBER: Group 0, Number 2, Reserved 3.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "KeGetCurrentProcessorNumberEx, WDK reference")]
    internal uint KeGetCurrentProcessorNumberEx(VirtualAddress procNumber)
    {
        if (!procNumber.IsNull)
            Memory.WriteUInt32(procNumber, 0);
        return 0;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeGetProcessorNumberFromIndex, WDK reference")]
    internal NtStatus KeGetProcessorNumberFromIndex(uint procIndex, VirtualAddress procNumber)
    {
        if (procIndex != 0)
            return NtStatus.InvalidParameter;
        Memory.WriteUInt32(procNumber, 0);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeGetProcessorIndexFromNumber, WDK reference: INVALID_PROCESSOR_INDEX for one that is not there")]
    internal uint KeGetProcessorIndexFromNumber(VirtualAddress procNumber) => Memory.ReadUInt32(procNumber) == 0 ? 0 : uint.MaxValue;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSaveFloatingPointState, WDK reference", NoEffect = StateIsPerThread)]
    internal NtStatus KeSaveFloatingPointState(VirtualAddress floatSave) => NtStatus.Success;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRestoreFloatingPointState, WDK reference", NoEffect = StateIsPerThread)]
    internal NtStatus KeRestoreFloatingPointState(VirtualAddress floatSave) => NtStatus.Success;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSaveExtendedProcessorState, WDK reference", NoEffect = StateIsPerThread)]
    internal NtStatus KeSaveExtendedProcessorState(ulong mask, VirtualAddress xStateSave) => NtStatus.Success;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRestoreExtendedProcessorState, WDK reference", NoEffect = StateIsPerThread)]
    internal void KeRestoreExtendedProcessorState(VirtualAddress xStateSave)
    {
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeFlushIoBuffers, WDK reference", NoEffect = "memory of x64 is coherent with devices")]
    internal void KeFlushIoBuffers(VirtualAddress mdl, NtBoolean readOperation, NtBoolean dmaOperation)
    {
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeInvalidateAllCaches: write back and invalidate", NoEffect = "the machine has no caches to see")]
    internal NtBoolean KeInvalidateAllCaches() => true;

    [KernelExport("ntoskrnl.exe", Doc = "KeInvalidateRangeAllCaches: write back and invalidate", NoEffect = "the machine has no caches to see")]
    internal void KeInvalidateRangeAllCaches(VirtualAddress baseAddress, uint length)
    {
    }

    /// <returns>The size of a cache line.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "KeGetRecommendedSharedDataAlignment, WDK reference")]
    internal uint KeGetRecommendedSharedDataAlignment() => 64;

    /// <summary>Variables of the kernel proper.</summary>
    public void DefineVariables()
    {
        var images = _kernel.Images;
        Memory.WriteByte(images.DefineVariable("KeNumberProcessors", 1), 1);
        Memory.WriteUInt32(images.DefineVariable("NtBuildNumber", 4), 0xF000_0000 | (uint)_kernel.Build);
        Memory.WriteByte(images.DefineVariable("KdDebuggerEnabled", 1), 0);
        Memory.WriteByte(images.DefineVariable("KdDebuggerNotPresent", 1), 1);
        Memory.WriteByte(images.DefineVariable("KdEnteredDebugger", 4), 0);
        images.DefineVariable("InitSafeBootMode", 4);
        images.DefineVariable("NtGlobalFlag", 4);
        images.DefineVariable("KeLoaderBlock", 8);
        DefineDispatchTable("HalDispatchTable", _halDispatch);
        DefineDispatchTable("HalPrivateDispatchTable", []);
    }

    /// <summary>HAL_DISPATCH, from offset 8 on (wdm.h, version 4 of x64).</summary>
    private static readonly string[] _halDispatch =
    [
        "HalQuerySystemInformation", "HalSetSystemInformation", "HalQueryBusSlots", "Spare1", "HalExamineMBR", "HalIoReadPartitionTable",
        "HalIoSetPartitionInformation", "HalIoWritePartitionTable", "HalReferenceHandlerForBus", "HalReferenceBusHandler", "HalDereferenceBusHandler",
        "HalInitPnpDriver", "HalInitPowerManagement", "HalGetDmaAdapter", "HalGetInterruptTranslator", "HalStartMirroring", "HalEndMirroring",
        "HalMirrorPhysicalMemory", "HalEndOfBoot", "HalMirrorVerify", "HalGetCachedAcpiTable", "HalSetPciErrorHandlerCallback",
    ];

    /// <summary>A table of routines that drivers call through the kernel's variable: a version, then pointers. Calling one stops the run and names it.</summary>
    private void DefineDispatchTable(string variable, string[] routines)
    {
        const int entries = 64;
        const uint version = 4;
        var table = _kernel.Images.DefineVariable(variable, 8 + (entries * 8));
        Memory.WriteUInt32(table, version);
        for (var i = 0; i < entries; i++)
            Memory.WritePointer(table + 8 + (8 * i), _kernel.Images.MissingRoutineAddress("hal.dll", i < routines.Length ? routines[i] : $"{variable}+{8 + (8 * i):X}h"));
    }
}

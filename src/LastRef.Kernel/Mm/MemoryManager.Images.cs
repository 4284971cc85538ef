using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Routines about images: finding kernel routines by name, and paging, which the lab does not do.</summary>
internal sealed partial class MemoryManager
{
    private const string NeverPaged = "the lab pages nothing out, so that neither a driver nor LastRef sees a difference";
    private const uint LargeSystem = 2;

    /// <summary>Routines that came with a build; asked for on an older one they do not exist (Doc: "Requirements" of each).</summary>
    private static readonly Dictionary<string, int> _since = new(StringComparer.Ordinal)
    {
        ["ExAllocatePool2"] = 19041, ["ExAllocatePool3"] = 19041, ["ExFreePool2"] = 19041,
        ["KeQuerySystemTimePrecise"] = 9200, ["KeQueryInterruptTimePrecise"] = 9600, ["IoCreateSystemThread"] = 9200,
        ["ExAllocateTimer"] = 9600, ["ExSetTimer"] = 9600, ["ExCancelTimer"] = 9600, ["ExDeleteTimer"] = 9600,
        ["PoFxRegisterDevice"] = 9200, ["PoFxUnregisterDevice"] = 9200, ["PoFxStartDevicePowerManagement"] = 9200,
        ["EtwSetInformation"] = 9200, ["PsSetCreateProcessNotifyRoutineEx2"] = 15063, ["MmMapIoSpaceEx"] = 10240,
        ["MmCopyMemory"] = 9600, ["MmAllocateContiguousNodeMemory"] = 9200, ["CmCallbackGetKeyObjectIDEx"] = 9200, ["CmCallbackReleaseKeyObjectIDEx"] = 9200,
        ["PsSetLoadImageNotifyRoutineEx"] = 16299, ["IoAllocateIrpEx"] = 16299,
        ["DbgkLkmdRegisterCallback"] = 9200, ["RtlIsApiSetImplemented"] = 16299,
    };

    /// <summary>The address of a routine of the kernel or the HAL; null only for a name that the build lacks.</summary>
    /// <remarks>A routine that LastRef does not implement has an address too; calling it ends the run and names it.</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "MmGetSystemRoutineAddress, WDK reference")]
    internal VirtualAddress MmGetSystemRoutineAddress(UnicodeString systemRoutineName)
    {
        var name = systemRoutineName.ToText();
        if (_since.TryGetValue(name, out var build) && (int)_kernel.Build < build)
            return VirtualAddress.Null;
        return _kernel.Images.FindExport("ntoskrnl.exe", name) ?? _kernel.Images.FindExport("hal.dll", name)
            ?? _kernel.Images.MissingRoutineAddress("ntoskrnl.exe", name);
    }

    /// <returns>The base of the image that the address lies in; null when it lies in none.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmPageEntireDriver, WDK reference", NoEffect = NeverPaged)]
    internal VirtualAddress MmPageEntireDriver(VirtualAddress addressWithinSection) =>
        _kernel.Images.ImageAt(addressWithinSection)?.Base ?? VirtualAddress.Null;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmResetDriverPaging, WDK reference", NoEffect = NeverPaged)]
    internal void MmResetDriverPaging(VirtualAddress addressWithinSection)
    {
    }

    /// <returns>A handle that names the section: here an address in it.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmLockPagableDataSection, WDK reference", NoEffect = NeverPaged)]
    internal VirtualAddress MmLockPagableDataSection(VirtualAddress addressWithinSection)
    {
        if (_kernel.Images.ImageAt(addressWithinSection) is null)
            throw MachineStopException.BugCheck(0x1A, "MmLockPagableDataSection of an address outside of every image", 0x1236, addressWithinSection.Value);
        return addressWithinSection;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmLockPagableSectionByHandle, WDK reference", NoEffect = NeverPaged)]
    internal void MmLockPagableSectionByHandle(VirtualAddress imageSectionHandle)
    {
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmUnlockPagableImageSection, WDK reference", NoEffect = NeverPaged)]
    internal void MmUnlockPagableImageSection(VirtualAddress imageSectionHandle)
    {
    }

    [KernelExport("ntoskrnl.exe", Doc = "MmQuerySystemSize, WDK reference")]
    internal uint MmQuerySystemSize() => LargeSystem;
}

using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Virtual memory of processes, and views of physical memory.</summary>
internal sealed partial class MemoryManager
{
    private const uint MemCommit = 0x1000;
    private const uint MemReserve = 0x2000;
    private const uint MemRelease = 0x8000;
    private const uint AllocationTypes = MemCommit | MemReserve | 0x0010_0000;
    private readonly Dictionary<VirtualAddress, (VirtualAddress Process, ulong ByteCount)> _regions = [];
    private readonly Dictionary<VirtualAddress, (VirtualAddress Process, ulong ByteCount)> _views = [];
    private VirtualAddress _physicalMemory;

    /// <summary>Memory in a process's user space.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwAllocateVirtualMemory, WDK reference", Missing = "a base address that the caller chooses; reserving without committing")]
    internal NtStatus ZwAllocateVirtualMemory(
        HandleValue processHandle, Out<VirtualAddress> baseAddress, ulong zeroBits, Out<ulong> regionSize, uint allocationType, uint protect)
    {
        if (ProcessOf(processHandle) is not { } process)
            return NtStatus.InvalidHandle;
        if ((allocationType & ~AllocationTypes) != 0 || (allocationType & MemCommit) == 0 || !baseAddress.Get(Memory).IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwAllocateVirtualMemory with type 0x{allocationType:x} at {baseAddress.Get(Memory)}");
        var bytes = RoundToPages(regionSize.Get(Memory));
        if (bytes == 0)
            return NtStatus.InvalidParameter;
        var address = AllocateUser(process, bytes);
        _kernel.Guest.Protect(address.Value, bytes, AccessOf(protect));
        _regions.Add(address, (process, bytes));
        baseAddress.Set(Memory, address);
        regionSize.Set(Memory, bytes);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwFreeVirtualMemory, WDK reference", Missing = "decommitting")]
    internal NtStatus ZwFreeVirtualMemory(HandleValue processHandle, Out<VirtualAddress> baseAddress, Out<ulong> regionSize, uint freeType)
    {
        if (ProcessOf(processHandle) is not { } process)
            return NtStatus.InvalidHandle;
        if (freeType != MemRelease)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwFreeVirtualMemory with type 0x{freeType:x}");
        var address = PageOf(baseAddress.Get(Memory));
        if (!_regions.TryGetValue(address, out var region) || region.Process != process)
            return NtStatus.MemoryNotAllocated;
        if (regionSize.Get(Memory) != 0 && regionSize.Get(Memory) != region.ByteCount)
            return NtStatus.FreeVmNotAtBase;
        _regions.Remove(address);
        _kernel.Guest.Unmap(address.Value, region.ByteCount);
        baseAddress.Set(Memory, address);
        regionSize.Set(Memory, region.ByteCount);
        return NtStatus.Success;
    }

    /// <summary>Opens a section by name; the lab has <c>\Device\PhysicalMemory</c>.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenSection, WDK reference")]
    internal NtStatus ZwOpenSection(Out<HandleValue> sectionHandle, uint desiredAccess, ObjectAttributes objectAttributes)
    {
        if (!objectAttributes.RootDirectory.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwOpenSection relative to a directory handle");
        var found = _kernel.Ob.Lookup(objectAttributes.ObjectName?.ToText() ?? "");
        if (found.Object.IsNull)
            return found.Status;
        if (_kernel.Ob.KindOf(found.Object) != ObjectKind.Section || found.Remaining.Length > 0)
            return NtStatus.ObjectTypeMismatch;
        var isKernel = ((ObjectAttributeFlags)objectAttributes.Attributes & ObjectAttributeFlags.KernelHandle) != 0;
        sectionHandle.Set(Memory, _kernel.Ob.CreateHandle(_kernel.CurrentThread.Process, found.Object, desiredAccess, isKernel));
        return NtStatus.Success;
    }

    /// <summary>Maps a part of physical memory into a process.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwMapViewOfSection, WDK reference", Missing = "sections other than physical memory; a base address that the caller chooses")]
    internal NtStatus ZwMapViewOfSection(
        HandleValue sectionHandle, HandleValue processHandle, Out<VirtualAddress> baseAddress, ulong zeroBits, ulong commitSize,
        Out<ulong> sectionOffset, Out<ulong> viewSize, uint inheritDisposition, uint allocationType, uint win32Protect)
    {
        if (_kernel.Ob.FindHandle(_kernel.CurrentThread.Process, sectionHandle) is not { } open || ProcessOf(processHandle) is not { } process)
            return NtStatus.InvalidHandle;
        if (open.Body != _physicalMemory || !baseAddress.Get(Memory).IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwMapViewOfSection of another section than physical memory, or at a chosen address");
        const ulong granularity = 0x1_0000;
        var asked = sectionOffset.IsNull ? 0 : sectionOffset.Get(Memory);
        var offset = asked & ~(granularity - 1);
        var bytes = RoundToPages(viewSize.Get(Memory) + (asked - offset));
        if (bytes == 0)
            return NtStatus.InvalidViewSize;
        var address = AllocateUser(process, bytes);
        _kernel.Guest.Unmap(address.Value, bytes);
        MapPhysical(address, offset, bytes);
        _views.Add(address, (process, bytes));
        _kernel.Record(new RegistrationRecord(RegistrationKind.Section, true, address, VirtualAddress.Null, open.Body));
        baseAddress.Set(Memory, address);
        viewSize.Set(Memory, bytes);
        if (!sectionOffset.IsNull)
            sectionOffset.Set(Memory, offset);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwUnmapViewOfSection, WDK reference")]
    internal NtStatus ZwUnmapViewOfSection(HandleValue processHandle, VirtualAddress baseAddress)
    {
        if (ProcessOf(processHandle) is not { } process)
            return NtStatus.InvalidHandle;
        foreach (var (address, view) in _views)
        {
            if (view.Process != process || baseAddress < address || baseAddress - address >= view.ByteCount)
                continue;
            _views.Remove(address);
            _kernel.Guest.Unmap(address.Value, view.ByteCount);
            _kernel.Record(new RegistrationRecord(RegistrationKind.Section, false, address, VirtualAddress.Null, _physicalMemory));
            return NtStatus.Success;
        }

        return NtStatus.NotMappedView;
    }

    private void BootSections()
    {
        _physicalMemory = _kernel.Ob.Create(ObjectKind.Section, 0x40, PoolTags.Object);
        var status = _kernel.Ob.Insert(_physicalMemory, @"\Device\PhysicalMemory", permanent: true);
        Invariant.Check(status.IsSuccess, $"The section of physical memory could not be named: {status}.");
    }

    /// <summary>A process by handle; -1 is the current one (Doc: ZwCurrentProcess).</summary>
    private VirtualAddress? ProcessOf(HandleValue handle)
    {
        if (handle.Value == ulong.MaxValue)
            return _kernel.CurrentThread.Process;
        return _kernel.Ob.FindHandle(_kernel.CurrentThread.Process, handle) is { } open && _kernel.Ob.KindOf(open.Body) == ObjectKind.Process
            ? open.Body
            : null;
    }

    /// <summary>PAGE_* protections (Doc: "Memory Protection Constants").</summary>
    private static PageAccess AccessOf(uint protect) => (protect & 0xFF) switch
    {
        0x01 => PageAccess.None,
        0x02 => PageAccess.Read,
        0x04 or 0x08 => PageAccess.Read | PageAccess.Write,
        0x10 => PageAccess.Execute,
        0x20 => PageAccess.Read | PageAccess.Execute,
        0x40 or 0x80 => PageAccess.Read | PageAccess.Write | PageAccess.Execute,
        _ => throw MachineStopException.Unsupported(UnsupportedKind.Case, $"page protection 0x{protect:x}"),
    };
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Views of sections, in user space and in the kernel's.</summary>
internal sealed partial class MemoryManager
{
    private const ulong AllocationGranularity = 0x1_0000;
    private readonly Dictionary<VirtualAddress, SectionView> _views = [];
    private VirtualAddress _physicalMemory;

    /// <summary>Opens a section by name; the lab itself has <c>\Device\PhysicalMemory</c>.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenSection, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtOpenSection", MaxIrql = Irql.Passive, Doc = "NtOpenSection, WDK reference")]
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

    /// <summary>Maps a part of a section into a process.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwMapViewOfSection, WDK reference", Missing = "a base address that the caller chooses")]
    [KernelExport("ntoskrnl.exe", Name = "NtMapViewOfSection", MaxIrql = Irql.Passive, Doc = "NtMapViewOfSection, WDK reference", Missing = "a base address that the caller chooses")]
    internal NtStatus ZwMapViewOfSection(
        HandleValue sectionHandle, HandleValue processHandle, Out<VirtualAddress> baseAddress, ulong zeroBits, ulong commitSize,
        Out<ulong> sectionOffset, Out<ulong> viewSize, uint inheritDisposition, uint allocationType, uint win32Protect)
    {
        if (ProcessOf(processHandle) is not { } process)
            return NtStatus.InvalidHandle;
        var (status, section) = _kernel.Ob.Resolve(sectionHandle, ObjectKind.Section);
        return status.IsSuccess ? MapView(section, process, baseAddress, sectionOffset, viewSize, win32Protect) : status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "MmMapViewOfSection, ReactOS kernel interface; as ZwMapViewOfSection", Missing = "a base address that the caller chooses")]
    internal NtStatus MmMapViewOfSection(
        VirtualAddress sectionObject, EProcess process, Out<VirtualAddress> baseAddress, ulong zeroBits, ulong commitSize,
        Out<ulong> sectionOffset, Out<ulong> viewSize, uint inheritDisposition, uint allocationType, uint protect) =>
        MapView(sectionObject, process.Address, baseAddress, sectionOffset, viewSize, protect);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwUnmapViewOfSection, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtUnmapViewOfSection", MaxIrql = Irql.Passive, Doc = "NtUnmapViewOfSection, WDK reference")]
    internal NtStatus ZwUnmapViewOfSection(HandleValue processHandle, VirtualAddress baseAddress) =>
        ProcessOf(processHandle) is { } process ? MmUnmapViewOfSection(new EProcess(Memory, process), baseAddress) : NtStatus.InvalidHandle;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "MmUnmapViewOfSection, ReactOS kernel interface; as ZwUnmapViewOfSection")]
    internal NtStatus MmUnmapViewOfSection(EProcess process, VirtualAddress baseAddress)
    {
        foreach (var (address, view) in _views)
        {
            if (view.Process != process.Address || baseAddress < address || baseAddress - address >= view.ByteCount)
                continue;
            Unmap(address, view);
            return NtStatus.Success;
        }

        return NtStatus.NotMappedView;
    }

    /// <summary>Maps a section from its beginning into the kernel's address space.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "MmMapViewInSystemSpace, WDK reference")]
    internal NtStatus MmMapViewInSystemSpace(VirtualAddress section, Out<VirtualAddress> mappedBase, Out<ulong> viewSize) =>
        MapSystemView(section, mappedBase, viewSize, new Out<ulong>(VirtualAddress.Null));

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "MmMapViewInSystemSpaceEx, WDK reference")]
    internal NtStatus MmMapViewInSystemSpaceEx(
        VirtualAddress section, Out<VirtualAddress> mappedBase, Out<ulong> viewSize, Out<ulong> sectionOffset, ulong flags) =>
        MapSystemView(section, mappedBase, viewSize, sectionOffset);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "MmUnmapViewInSystemSpace, WDK reference; Bug Check 0xD7")]
    internal NtStatus MmUnmapViewInSystemSpace(VirtualAddress mappedBase)
    {
        if (!_views.TryGetValue(mappedBase, out var view) || !view.Process.IsNull)
            throw MachineStopException.BugCheck(0xD7, $"MmUnmapViewInSystemSpace of {mappedBase}, which is no view", mappedBase.Value, 2);
        Unmap(mappedBase, view);
        return NtStatus.Success;
    }

    private NtStatus MapView(
        VirtualAddress body, VirtualAddress process, Out<VirtualAddress> baseAddress, Out<ulong> sectionOffset, Out<ulong> viewSize, uint protect)
    {
        if (!baseAddress.Get(Memory).IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwMapViewOfSection at a chosen address");
        if (!IsProtection(protect))
            return NtStatus.InvalidPageProtection;
        var (status, offset, bytes) = ExtentOf(body, sectionOffset, viewSize);
        if (!status.IsSuccess)
            return status;
        var address = ReserveUser(process, bytes);
        MapInto(address, body, offset, bytes);
        if (_sections.ContainsKey(body))
            _kernel.Guest.Protect(address.Value, bytes, AccessOf(protect));
        AddView(address, process, bytes, body);
        baseAddress.Set(Memory, address);
        return NtStatus.Success;
    }

    private NtStatus MapSystemView(VirtualAddress body, Out<VirtualAddress> mappedBase, Out<ulong> viewSize, Out<ulong> sectionOffset)
    {
        if (_kernel.Ob.KindOfLive(body) != ObjectKind.Section)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a view of {body}, which is no section");
        var (status, offset, bytes) = ExtentOf(body, sectionOffset, viewSize);
        if (!status.IsSuccess)
            return status;
        var address = TakeSystemRange(bytes / PageBytes);
        MapInto(address, body, offset, bytes);
        AddView(address, VirtualAddress.Null, bytes, body);
        mappedBase.Set(Memory, address);
        return NtStatus.Success;
    }

    /// <summary>Where a view begins, rounded down to the granularity of allocations, and how long it is; a size of zero means all that follows.</summary>
    private (NtStatus Status, ulong Offset, ulong ByteCount) ExtentOf(VirtualAddress body, Out<ulong> sectionOffset, Out<ulong> viewSize)
    {
        var asked = sectionOffset.IsNull ? 0 : sectionOffset.Get(Memory);
        var offset = asked & ~(AllocationGranularity - 1);
        var size = viewSize.Get(Memory);
        var section = _sections.GetValueOrDefault(body);
        var bytes = size == 0 && section is not null && offset < section.ByteCount ? section.ByteCount - offset : RoundToPages(size + (asked - offset));
        if (bytes == 0 || (section is not null && (offset > section.ByteCount || bytes > section.ByteCount - offset)))
            return (NtStatus.InvalidViewSize, 0, 0);
        viewSize.Set(Memory, bytes);
        if (!sectionOffset.IsNull)
            sectionOffset.Set(Memory, offset);
        return (NtStatus.Success, offset, bytes);
    }

    private void MapInto(VirtualAddress address, VirtualAddress body, ulong offset, ulong byteCount)
    {
        if (_sections.GetValueOrDefault(body) is { } section)
            _kernel.Guest.MapAlias(address.Value, (section.Backing + offset).Value, byteCount, Cpu.PageAccess.Read | Cpu.PageAccess.Write);
        else
            MapPhysical(address, offset, byteCount);
    }

    private void AddView(VirtualAddress address, VirtualAddress process, ulong byteCount, VirtualAddress body)
    {
        var section = _sections.GetValueOrDefault(body);
        if (section is not null)
            section.Views++;
        _views.Add(address, new SectionView(process, byteCount, body, section));
        _kernel.Record(new RegistrationRecord(RegistrationKind.Section, true, address, VirtualAddress.Null, body));
    }

    private void Unmap(VirtualAddress address, SectionView view)
    {
        _views.Remove(address);
        _userRanges.Remove(address);
        _kernel.Guest.Unmap(address.Value, view.ByteCount);
        _kernel.Record(new RegistrationRecord(RegistrationKind.Section, false, address, VirtualAddress.Null, view.Object));
        if (view.Section is not { } section)
            return;
        section.Views--;
        ReleaseBacking(section);
    }

    private void BootSections()
    {
        _kernel.Ob.OnDelete(ObjectKind.Section, DeleteSection);
        _physicalMemory = _kernel.Ob.Create(ObjectKind.Section, SectionBodyBytes, PoolTags.Object);
        var status = _kernel.Ob.Insert(_physicalMemory, @"\Device\PhysicalMemory", permanent: true);
        Invariant.Check(status.IsSuccess, $"The section of physical memory could not be named: {status}.");
    }
}

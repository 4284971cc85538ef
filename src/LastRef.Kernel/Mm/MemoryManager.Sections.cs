using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Section objects: made, opened, asked about.</summary>
/// <remarks>A file object without section pointers is refused as Windows refuses it; a section of a file stops the run.</remarks>
internal sealed partial class MemoryManager
{
    private const uint SecImage = 0x0100_0000, SecReserve = 0x0400_0000, SecCommit = 0x0800_0000;
    private const int SectionBodyBytes = 0x40;
    private readonly Dictionary<VirtualAddress, Section> _sections = [];

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwCreateSection, WDK reference", Missing = "sections of files")]
    [KernelExport("ntoskrnl.exe", Name = "NtCreateSection", MaxIrql = Irql.Passive, Doc = "NtCreateSection, WDK reference", Missing = "sections of files")]
    internal async GuestTask<NtStatus> ZwCreateSection(
        Out<HandleValue> sectionHandle, uint desiredAccess, ObjectAttributes? objectAttributes, VirtualAddress maximumSize, uint sectionPageProtection,
        uint allocationAttributes, HandleValue fileHandle)
    {
        var file = VirtualAddress.Null;
        if (!fileHandle.IsNull)
        {
            (var found, file) = _kernel.Ob.Resolve(fileHandle, ObjectKind.File);
            if (!found.IsSuccess)
                return found;
        }

        var (status, body) = await CreateSection(objectAttributes, maximumSize, sectionPageProtection, allocationAttributes, file);
        if (!status.IsSuccess)
            return status;
        var isKernel = ((ObjectAttributeFlags)(objectAttributes?.Attributes ?? 0) & ObjectAttributeFlags.KernelHandle) != 0;
        sectionHandle.Set(Memory, _kernel.Ob.CreateHandle(
            _kernel.Ps.CurrentProcess, body, _kernel.Ob.MapAccess(ObjectKind.Section, desiredAccess), isKernel));
        await _kernel.Ob.Dereference(body, ReferenceCause.Creation);
        return status;
    }

    /// <summary>Makes a section without a handle; its creator owns the reference and gives it back with ObDereferenceObject.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "MmCreateSection, ReactOS kernel interface; as ZwCreateSection", Missing = "sections of files")]
    internal async GuestTask<NtStatus> MmCreateSection(
        Out<VirtualAddress> sectionObject, uint desiredAccess, ObjectAttributes? objectAttributes, VirtualAddress maximumSize, uint sectionPageProtection,
        uint allocationAttributes, HandleValue fileHandle, FileObject? fileObject)
    {
        var file = fileObject?.Address ?? VirtualAddress.Null;
        if (!fileHandle.IsNull)
        {
            (var found, file) = _kernel.Ob.Resolve(fileHandle, ObjectKind.File);
            if (!found.IsSuccess)
                return found;
        }

        var (status, body) = await CreateSection(objectAttributes, maximumSize, sectionPageProtection, allocationAttributes, file);
        if (!status.IsSuccess)
            return status;
        _kernel.Ob.Reference(body, ReferenceCause.ExplicitReference);
        await _kernel.Ob.Dereference(body, ReferenceCause.Creation);
        sectionObject.Set(Memory, body);
        return status;
    }

    /// <summary>SECTION_BASIC_INFORMATION: BaseAddress 0, AllocationAttributes 8, MaximumSize 10; of an image there is more.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQuerySection, ReactOS kernel interface; SECTION_BASIC_INFORMATION, public headers")]
    internal NtStatus ZwQuerySection(
        HandleValue sectionHandle, uint sectionInformationClass, VirtualAddress sectionInformation, ulong length, VirtualAddress resultLength)
    {
        const uint basicInformation = 0, imageInformation = 1;
        const uint basicBytes = 0x18;
        var (status, body) = _kernel.Ob.Resolve(sectionHandle, ObjectKind.Section);
        if (!status.IsSuccess)
            return status;
        if (sectionInformationClass == imageInformation)
            return NtStatus.SectionNotImage;
        if (sectionInformationClass != basicInformation)
            return NtStatus.InvalidInfoClass;
        if (length < basicBytes)
            return NtStatus.InfoLengthMismatch;
        var section = _sections.GetValueOrDefault(body);
        Memory.WriteUInt64(sectionInformation, 0);
        Memory.WriteUInt64(sectionInformation + 8, section?.Attributes ?? 0);
        Memory.WriteUInt64(sectionInformation + 0x10, section?.ByteCount ?? 0);
        if (!resultLength.IsNull)
            Memory.WriteUInt64(resultLength, basicBytes);
        return NtStatus.Success;
    }

    /// <summary>Makes a section; the caller owns a reference with the cause <see cref="ReferenceCause.Creation"/>.</summary>
    private async GuestTask<(NtStatus Status, VirtualAddress Body)> CreateSection(
        ObjectAttributes? attributes, VirtualAddress maximumSize, uint protect, uint allocation, VirtualAddress file)
    {
        const uint openIf = 0x80;
        if ((allocation & (SecImage | SecReserve | SecCommit)) == 0)
            return (NtStatus.InvalidParameter6, default);
        if (!IsProtection(protect))
            return (NtStatus.InvalidPageProtection, default);
        if (!file.IsNull)
        {
            return new FileObject(Memory, file).SectionObjectPointer.IsNull
                ? (NtStatus.InvalidFileForSection, default)
                : throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a section of the file {_kernel.Ob.FileNameOf(new FileObject(Memory, file))}");
        }

        if ((allocation & SecImage) != 0)
            return (NtStatus.InvalidFileForSection, default);
        var bytes = maximumSize.IsNull ? 0 : RoundToPages(Memory.ReadUInt64(maximumSize));
        if (bytes == 0)
            return (NtStatus.InvalidParameter4, default);
        var name = attributes?.ObjectName?.ToText() ?? "";
        if (name.Length > 0 && !attributes!.Value.RootDirectory.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "a section named relative to a directory handle");
        if (name.Length > 0 && _kernel.Ob.Lookup(name) is { Object.IsNull: false, Remaining.Length: 0 } existing)
        {
            if (_kernel.Ob.KindOf(existing.Object) != ObjectKind.Section)
                return (NtStatus.ObjectTypeMismatch, default);
            if ((attributes!.Value.Attributes & openIf) == 0)
                return (NtStatus.ObjectNameCollision, default);
            _kernel.Ob.Reference(existing.Object, ReferenceCause.Creation);
            return (NtStatus.ObjectNameExists, existing.Object);
        }

        var body = _kernel.Ob.Create(ObjectKind.Section, SectionBodyBytes, PoolTags.Of("Sect"), ReferenceCause.Creation);
        if (name.Length > 0 && _kernel.Ob.Insert(body, name, permanent: false) is { IsSuccess: false } refused)
        {
            await _kernel.Ob.Dereference(body, ReferenceCause.Creation);
            return (refused, default);
        }

        var backing = TakeSystemRange(bytes / PageBytes);
        _kernel.Guest.Map(backing.Value, bytes, PageAccess.Read | PageAccess.Write);
        _sections.Add(body, new Section(backing, bytes, allocation));
        return (NtStatus.Success, body);
    }

    private GuestTask DeleteSection(VirtualAddress body)
    {
        if (_sections.Remove(body, out var section))
        {
            section.IsDeleted = true;
            ReleaseBacking(section);
        }

        return GuestTask.CompletedTask;
    }

    /// <summary>Views keep a section's memory, not its object.</summary>
    private void ReleaseBacking(Section section)
    {
        if (section.IsDeleted && section.Views == 0)
            _kernel.Guest.Unmap(section.Backing.Value, section.ByteCount);
    }

    private static bool IsProtection(uint protect) => (protect & 0xFF) is 0x01 or 0x02 or 0x04 or 0x08 or 0x10 or 0x20 or 0x40 or 0x80;
}

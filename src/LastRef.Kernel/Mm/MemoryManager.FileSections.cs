using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What a file system asks before it cuts or deletes a file: whether a section stands in the way.</summary>
/// <remarks>Doc: MmFlushImageSection, MmCanFileBeTruncated, ntifs.h. The lab has no sections of files, so none ever does; pointers say otherwise stop the run.</remarks>
internal sealed partial class MemoryManager
{
    /// <returns>TRUE: no image of the file is mapped any more.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmFlushImageSection, ntifs.h", Missing = "sections of files")]
    internal NtBoolean MmFlushImageSection(SectionObjectPointers sectionObjectPointer, uint flushType)
    {
        RefuseSections(sectionObjectPointer);
        return true;
    }

    /// <returns>TRUE: no user has mapped what would be cut off.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmCanFileBeTruncated, ntifs.h", Missing = "sections of files")]
    internal NtBoolean MmCanFileBeTruncated(SectionObjectPointers sectionPointer, VirtualAddress newFileSize)
    {
        RefuseSections(sectionPointer);
        return true;
    }

    private static void RefuseSections(SectionObjectPointers pointers)
    {
        if (!pointers.DataSectionObject.IsNull || !pointers.ImageSectionObject.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "a file with section objects that the lab did not make");
    }
}

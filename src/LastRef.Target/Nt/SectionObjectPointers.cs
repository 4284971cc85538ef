namespace LastRef.Nt;

/// <summary>Where a file system keeps the cache map of a data stream, which all its file objects share.</summary>
/// <remarks>Fact: public symbols; SECTION_OBJECT_POINTERS, wdm.h.</remarks>
[NtView("_SECTION_OBJECT_POINTERS")]
public readonly partial struct SectionObjectPointers(Target target, VirtualAddress address)
{
    [Field] public partial VirtualAddress DataSectionObject { get; }

    [Field(Writable = true)] public partial VirtualAddress SharedCacheMap { get; }

    [Field] public partial VirtualAddress ImageSectionObject { get; }
}

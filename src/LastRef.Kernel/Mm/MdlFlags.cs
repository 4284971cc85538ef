namespace LastRef.Kernel;

/// <summary>MDL.MdlFlags.</summary>
/// <remarks>Doc: MDL, wdm.h.</remarks>
[Flags]
internal enum MdlFlags : ushort
{
    None = 0,
    MappedToSystemVa = 0x0001,
    PagesLocked = 0x0002,
    SourceIsNonPagedPool = 0x0004,
    AllocatedFixedSize = 0x0008,
    Partial = 0x0010,
    PartialHasBeenMapped = 0x0020,
    IoPageRead = 0x0040,
    WriteOperation = 0x0080,
    LockedPageTables = 0x0100,
    FreeExtraPtes = 0x0200,
    IoSpace = 0x0800,
    NetworkHeader = 0x1000,
    MappingCanFail = 0x2000,
}

namespace LastRef.Nt;

/// <summary>VPB.Flags (VPB_*).</summary>
/// <remarks>Fact: VPB, WDK reference; wdm.h.</remarks>
[Flags]
public enum VpbFlags : ushort
{
    None = 0,

    /// <summary>A file system has mounted the volume.</summary>
    Mounted = 0x0001,

    /// <summary>The file system that mounted it wants no further opens.</summary>
    Locked = 0x0002,

    /// <summary>The block stays although its count is zero.</summary>
    Persistent = 0x0004,

    /// <summary>The storage device is about to be removed: no mount any more.</summary>
    RemovePending = 0x0008,

    /// <summary>Only the RAW file system may mount it.</summary>
    RawMount = 0x0010,
    DirectWritesAllowed = 0x0020,
}

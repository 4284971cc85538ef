namespace LastRef.Nt;

/// <summary>OBJECT_HEADER.InfoMask: the optional blocks before the header, nearest first.</summary>
/// <remarks>Spec: U-1.24.</remarks>
[Flags]
public enum ObjectInfoMask : byte
{
    None = 0,

    CreatorInfo = 0x01,

    NameInfo = 0x02,

    HandleInfo = 0x04,

    QuotaInfo = 0x08,

    ProcessInfo = 0x10,

    /// <summary>Since 6.2.</summary>
    AuditInfo = 0x20,

    /// <summary>Handle revocation in early builds of Windows 10.</summary>
    ExtendedInfo = 0x40,

    PaddingInfo = 0x80,
}

namespace LastRef.Nt;

/// <summary>OBJECT_HEADER.Flags.</summary>
/// <remarks>Spec: U-1.23.</remarks>
[Flags]
public enum ObjectHeaderFlags : byte
{
    None = 0,

    NewObject = 0x01,

    KernelObject = 0x02,

    KernelOnlyAccess = 0x04,

    Exclusive = 0x08,

    /// <summary>The name stays when the last handle closes. Spec: U-1.32, U-1.35.</summary>
    Permanent = 0x10,

    DefaultSecurityQuota = 0x20,

    SingleHandleEntry = 0x40,

    DeletedInline = 0x80,
}

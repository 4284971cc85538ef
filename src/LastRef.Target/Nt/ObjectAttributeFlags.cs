namespace LastRef.Nt;

/// <summary>OBJECT_ATTRIBUTES.Attributes (OBJ_*).</summary>
/// <remarks>Fact: OBJECT_ATTRIBUTES, WDK reference.</remarks>
[Flags]
public enum ObjectAttributeFlags : uint
{
    None = 0,
    Inherit = 0x00000002,
    Permanent = 0x00000010,
    Exclusive = 0x00000020,
    CaseInsensitive = 0x00000040,
    OpenIf = 0x00000080,
    OpenLink = 0x00000100,
    KernelHandle = 0x00000200,
    ForceAccessCheck = 0x00000400,
    IgnoreImpersonatedDevicemap = 0x00000800,
    DontReparse = 0x00001000,
}

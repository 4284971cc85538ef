namespace LastRef.Nt;

/// <summary>A security identifier.</summary>
/// <remarks>Fact: SID, ntifs.h.</remarks>
[NtView("_SID")]
public readonly partial struct Sid(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial byte Revision { get; }

    [Field(Writable = true)] public partial byte SubAuthorityCount { get; }

    [Field("IdentifierAuthority.Value")] public partial FieldArray<byte> IdentifierAuthority { get; }

    [Field] public partial FieldArray<uint> SubAuthority { get; }
}

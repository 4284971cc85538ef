namespace LastRef.Nt;

/// <summary>An entry that allows access; the SID starts at its last field.</summary>
/// <remarks>Fact: ACCESS_ALLOWED_ACE, ntifs.h.</remarks>
[NtView("_ACCESS_ALLOWED_ACE")]
public readonly partial struct AccessAllowedAce(Target target, VirtualAddress address)
{
    [Field("Header.AceType", Writable = true)] public partial byte AceType { get; }

    [Field("Header.AceFlags", Writable = true)] public partial byte AceFlags { get; }

    [Field("Header.AceSize", Writable = true)] public partial ushort AceSize { get; }

    [Field(Writable = true)] public partial uint Mask { get; }

    [Field(Writable = true)] public partial uint SidStart { get; }
}

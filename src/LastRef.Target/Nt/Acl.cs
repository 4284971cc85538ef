namespace LastRef.Nt;

/// <summary>An access control list; the entries follow.</summary>
/// <remarks>Fact: ACL, WDK reference.</remarks>
[NtView("_ACL")]
public readonly partial struct Acl(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial byte AclRevision { get; }

    [Field(Writable = true)] public partial ushort AclSize { get; }

    [Field(Writable = true)] public partial ushort AceCount { get; }
}

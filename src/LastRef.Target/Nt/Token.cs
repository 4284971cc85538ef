namespace LastRef.Nt;

/// <summary>An access token.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_TOKEN")]
public readonly partial struct Token(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint SessionId { get; }

    [Field(Writable = true)] public partial uint UserAndGroupCount { get; }

    [Field(Writable = true)] public partial VirtualAddress UserAndGroups { get; }

    [Field(Writable = true)] public partial int TokenType { get; }

    [Field(Writable = true)] public partial int ImpersonationLevel { get; }

    [Field(Writable = true)] public partial uint TokenFlags { get; }

    [Field(Writable = true)] public partial Acl? DefaultDacl { get; }
}

namespace LastRef.Nt;

/// <summary>The tokens by which access is decided.</summary>
/// <remarks>Fact: SECURITY_SUBJECT_CONTEXT, WDK reference.</remarks>
[NtView("_SECURITY_SUBJECT_CONTEXT")]
public readonly partial struct SecuritySubjectContext(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial VirtualAddress ClientToken { get; }

    [Field(Writable = true)] public partial int ImpersonationLevel { get; }

    [Field(Writable = true)] public partial VirtualAddress PrimaryToken { get; }

    [Field(Writable = true)] public partial VirtualAddress ProcessAuditId { get; }
}

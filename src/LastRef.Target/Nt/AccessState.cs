namespace LastRef.Nt;

/// <summary>How far an access check has come.</summary>
/// <remarks>Fact: ACCESS_STATE, WDK reference.</remarks>
[NtView("_ACCESS_STATE")]
public readonly partial struct AccessState(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint Flags { get; }

    [Field(Writable = true)] public partial uint RemainingDesiredAccess { get; }

    [Field(Writable = true)] public partial uint PreviouslyGrantedAccess { get; }

    [Field(Writable = true)] public partial uint OriginalDesiredAccess { get; }

    [Field] public partial SecuritySubjectContext SubjectSecurityContext { get; }

    /// <summary>The token of the process that asks.</summary>
    [Field("SubjectSecurityContext.PrimaryToken", Writable = true)] public partial VirtualAddress PrimaryToken { get; }

    [Field(Writable = true)] public partial VirtualAddress SecurityDescriptor { get; }

    [Field] public partial UnicodeString ObjectName { get; }

    [Field] public partial UnicodeString ObjectTypeName { get; }
}

namespace LastRef.Nt;

/// <summary>An absolute security descriptor.</summary>
/// <remarks>Fact: SECURITY_DESCRIPTOR, WDK reference.</remarks>
[NtView("_SECURITY_DESCRIPTOR")]
public readonly partial struct SecurityDescriptor(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial byte Revision { get; }

    [Field(Writable = true)] public partial byte Sbz1 { get; }

    [Field(Writable = true)] public partial SecurityDescriptorControl Control { get; }

    [Field(Writable = true)] public partial VirtualAddress Owner { get; }

    [Field(Writable = true)] public partial VirtualAddress Group { get; }

    [Field(Writable = true)] public partial Acl? Sacl { get; }

    [Field(Writable = true)] public partial Acl? Dacl { get; }
}

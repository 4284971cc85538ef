namespace LastRef.Nt;

/// <summary>A self-relative security descriptor: offsets instead of pointers.</summary>
/// <remarks>Fact: SECURITY_DESCRIPTOR, WDK reference.</remarks>
[NtView("_SECURITY_DESCRIPTOR_RELATIVE")]
public readonly partial struct SecurityDescriptorRelative(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial byte Revision { get; }

    [Field(Writable = true)] public partial byte Sbz1 { get; }

    [Field(Writable = true)] public partial SecurityDescriptorControl Control { get; }

    [Field(Writable = true)] public partial uint Owner { get; }

    [Field(Writable = true)] public partial uint Group { get; }

    [Field(Writable = true)] public partial uint Sacl { get; }

    [Field(Writable = true)] public partial uint Dacl { get; }
}

namespace LastRef.Nt;

/// <summary>Who opens, and with which access.</summary>
/// <remarks>Fact: IO_SECURITY_CONTEXT, WDK reference.</remarks>
[NtView("_IO_SECURITY_CONTEXT")]
public readonly partial struct IoSecurityContext(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial VirtualAddress SecurityQos { get; }

    [Field(Writable = true)] public partial AccessState? AccessState { get; }

    [Field(Writable = true)] public partial uint DesiredAccess { get; }

    [Field(Writable = true)] public partial uint FullCreateOptions { get; }
}

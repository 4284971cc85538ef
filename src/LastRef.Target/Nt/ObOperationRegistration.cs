namespace LastRef.Nt;

/// <summary>One type's routines for ObRegisterCallbacks.</summary>
/// <remarks>Fact: OB_OPERATION_REGISTRATION, wdm.h.</remarks>
[NtView("_OB_OPERATION_REGISTRATION")]
public readonly partial struct ObOperationRegistration(Target target, VirtualAddress address)
{
    /// <summary>Address of the variable that holds the type.</summary>
    [Field(Writable = true)] public partial VirtualAddress ObjectType { get; }

    [Field(Writable = true)] public partial uint Operations { get; }

    [Field(Writable = true)] public partial VirtualAddress PreOperation { get; }

    [Field(Writable = true)] public partial VirtualAddress PostOperation { get; }
}

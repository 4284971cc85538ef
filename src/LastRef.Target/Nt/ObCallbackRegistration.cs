namespace LastRef.Nt;

/// <summary>What a driver passes to ObRegisterCallbacks.</summary>
/// <remarks>Fact: OB_CALLBACK_REGISTRATION, wdm.h.</remarks>
[NtView("_OB_CALLBACK_REGISTRATION")]
public readonly partial struct ObCallbackRegistration(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ushort Version { get; }

    [Field(Writable = true)] public partial ushort OperationRegistrationCount { get; }

    [Field] public partial UnicodeString Altitude { get; }

    [Field(Writable = true)] public partial VirtualAddress RegistrationContext { get; }

    [Field(Writable = true)] public partial ObOperationRegistration? OperationRegistration { get; }
}

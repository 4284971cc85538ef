namespace LastRef.Nt;

/// <summary>A routine registered with a callback object.</summary>
/// <remarks>Spec: U-6.34. Layout not in public symbols.</remarks>
[NtView("_CALLBACK_REGISTRATION")]
public readonly partial struct CallbackRegistration(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Link { get; }

    [Field(Writable = true)] public partial CallbackObject? CallbackObject { get; }

    [Field(Writable = true)] public partial VirtualAddress CallbackFunction { get; }

    [Field(Writable = true)] public partial VirtualAddress CallbackContext { get; }

    [Field(Writable = true)] public partial uint Busy { get; }

    [Field(Writable = true)] public partial NtBoolean UnregisterWaiting { get; }
}

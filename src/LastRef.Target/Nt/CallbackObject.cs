namespace LastRef.Nt;

/// <summary>A callback object of the executive.</summary>
/// <remarks>Spec: U-6.34. Layout not in public symbols.</remarks>
[NtView("_CALLBACK_OBJECT")]
public readonly partial struct CallbackObject(Target target, VirtualAddress address)
{
    /// <summary>"Call".</summary>
    [Field(Writable = true)] public partial uint Signature { get; }

    [Field(Writable = true)] public partial ulong Lock { get; }

    /// <summary>Links <see cref="CallbackRegistration"/>.</summary>
    [Field] public partial ListEntry RegisteredCallbacks { get; }

    [Field(Writable = true)] public partial NtBoolean AllowMultipleCallbacks { get; }
}

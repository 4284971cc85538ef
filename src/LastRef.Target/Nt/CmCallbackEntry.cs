namespace LastRef.Nt;

/// <summary>A registered registry callback.</summary>
/// <remarks>Spec: U-6.32. Layout not in public symbols.</remarks>
[NtView("_CM_CALLBACK_ENTRY")]
public readonly partial struct CmCallbackEntry(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Link { get; }

    [Field(Writable = true)] public partial uint InUse { get; }

    [Field("Cookie.QuadPart", Writable = true)] public partial long Cookie { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }

    [Field(Writable = true)] public partial VirtualAddress Function { get; }

    [Field] public partial UnicodeString Altitude { get; }

    [Field] public partial ListEntry ObjectContexts { get; }
}

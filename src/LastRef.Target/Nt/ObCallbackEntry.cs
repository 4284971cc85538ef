namespace LastRef.Nt;

/// <summary>A registered object callback, in the list of its type.</summary>
/// <remarks>Spec: U-6.33. Layout not in public symbols.</remarks>
[NtView("_OB_CALLBACK_ENTRY")]
public readonly partial struct ObCallbackEntry(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Link { get; }

    [Field(Writable = true)] public partial uint Operations { get; }

    [Field(Writable = true)] public partial uint Flags { get; }

    [Field(Writable = true)] public partial VirtualAddress Registration { get; }

    [Field(Writable = true)] public partial ObjectType? ObjectType { get; }

    [Field(Writable = true)] public partial VirtualAddress PreOperation { get; }

    [Field(Writable = true)] public partial VirtualAddress PostOperation { get; }
}

namespace LastRef.Nt;

/// <summary>An image that has left memory.</summary>
/// <remarks>Spec: U-1.47.</remarks>
[NtView("_UNLOADED_DRIVERS")]
public readonly partial struct UnloadedDriver(Target target, VirtualAddress address)
{
    [Field] public partial UnicodeString Name { get; }

    [Field(Writable = true)] public partial VirtualAddress StartAddress { get; }

    [Field(Writable = true)] public partial VirtualAddress EndAddress { get; }

    [Field("CurrentTime.QuadPart", Writable = true)] public partial long CurrentTime { get; }
}

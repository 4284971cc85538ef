namespace LastRef.Nt;

/// <summary>Run-down protection.</summary>
/// <remarks>Spec: U-6.67.</remarks>
[NtView("_EX_RUNDOWN_REF")]
public readonly partial struct ExRundownRef(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ulong Count { get; }
}

namespace LastRef.Nt;

/// <summary>A registered process, thread or image routine.</summary>
/// <remarks>Spec: U-6.30, U-6.31. Layout not in public symbols.</remarks>
[NtView("_EX_CALLBACK_ROUTINE_BLOCK")]
public readonly partial struct ExCallbackRoutineBlock(Target target, VirtualAddress address)
{
    [Field] public partial ExRundownRef RundownProtect { get; }

    [Field(Writable = true)] public partial VirtualAddress Function { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }
}

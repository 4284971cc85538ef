namespace LastRef.Nt;

/// <summary>What an exception filter is given.</summary>
/// <remarks>Fact: EXCEPTION_POINTERS, WDK reference.</remarks>
[NtView("_EXCEPTION_POINTERS")]
public readonly partial struct ExceptionPointers(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ExceptionRecord? ExceptionRecord { get; }

    [Field(Writable = true)] public partial Context? ContextRecord { get; }
}

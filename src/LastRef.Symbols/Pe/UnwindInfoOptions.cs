namespace LastRef.Symbols;

/// <summary>Flags of UNWIND_INFO. Source: "x64 exception handling", struct UNWIND_INFO.</summary>
[Flags]
public enum UnwindInfoOptions : byte
{
    None = 0,
    ExceptionHandler = 1,
    TerminationHandler = 2,
    Chained = 4,
}

namespace LastRef.Symbols;

/// <summary>One entry of the exception directory (.pdata).</summary>
/// <param name="Begin">First byte of the function or of a part of it.</param>
/// <param name="End">First byte behind it.</param>
/// <param name="UnwindInfo">Its UNWIND_INFO; with bit 0 set, another RUNTIME_FUNCTION that has it.</param>
/// <remarks>Source: "x64 exception handling", struct RUNTIME_FUNCTION.</remarks>
public readonly record struct RuntimeFunction(Rva Begin, Rva End, Rva UnwindInfo)
{
    /// <summary>Bytes of one entry in the directory.</summary>
    public const int Size = 12;

    /// <summary>True when the part covers <paramref name="rva"/>.</summary>
    public bool Contains(Rva rva) => rva >= Begin && rva < End;
}

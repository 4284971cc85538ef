namespace LastRef.Symbols;

/// <summary>Debug data that knows the extent of functions, and lines.</summary>
internal interface IDebugSource
{
    /// <summary>The function whose recorded range covers the address, or null.</summary>
    /// <exception cref="ImageFormatException">The debug data is malformed.</exception>
    DebugFunction? FindFunction(Rva rva);

    /// <summary>The line recorded for the address, or null.</summary>
    /// <exception cref="ImageFormatException">The debug data is malformed.</exception>
    DebugLine? FindLine(Rva rva);
}

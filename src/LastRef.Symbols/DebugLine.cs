namespace LastRef.Symbols;

/// <summary>The source line of an address.</summary>
/// <param name="File">File as recorded.</param>
/// <param name="Line">Line from 1; 0 when the compiler gave none.</param>
internal sealed record DebugLine(string File, int Line);

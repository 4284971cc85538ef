namespace LastRef.Symbols;

/// <summary>A stretch of code that comes from one line.</summary>
/// <param name="Begin">First RVA.</param>
/// <param name="End">First RVA behind it; a row that begins earlier than this ends it sooner.</param>
/// <param name="File">File in the numbering of the debug data.</param>
/// <param name="Line">Line from 1; 0 for none.</param>
internal sealed record LineRow(uint Begin, uint End, uint File, uint Line);

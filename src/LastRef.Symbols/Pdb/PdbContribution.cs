namespace LastRef.Symbols;

/// <summary>A stretch of a section that one module contributed.</summary>
/// <param name="Section">Section number from 1.</param>
/// <param name="Offset">Offset in the section.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Module">Index of the module.</param>
internal readonly record struct PdbContribution(ushort Section, uint Offset, uint Size, ushort Module);

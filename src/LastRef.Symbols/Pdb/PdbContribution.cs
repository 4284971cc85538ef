namespace LastRef.Symbols;

/// <summary>A stretch of a section that one module contributed.</summary>
/// <param name="Section">Section number from 1.</param>
/// <param name="Offset">Offset in the section.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Module">Index of the module.</param>
internal sealed record PdbContribution(ushort Section, uint Offset, uint Size, ushort Module)
{
    /// <summary>Ascending in the order of the image.</summary>
    public ulong SortKey => Key(Section, Offset);

    /// <summary>The key of an address.</summary>
    public static ulong Key(ushort section, uint offset) => (ulong)section << 32 | offset;
}

namespace LastRef.Symbols;

/// <summary>One section of an image.</summary>
/// <param name="Name">Name; a long name (<c>/4</c>, an offset into the COFF string table) is already resolved.</param>
/// <param name="Rva">Where it starts in memory.</param>
/// <param name="VirtualSize">Bytes in memory, not rounded; SizeOfRawData when the header says 0.</param>
/// <param name="RawOffset">Where its bytes start in the file, rounded down as Windows does; 0 when it has none.</param>
/// <param name="RawSize">Bytes that the file has for it; the rest of the section is zero.</param>
/// <param name="Characteristics">Permissions and kind.</param>
/// <remarks>Source: PE format, "Section Table".</remarks>
public sealed record PeSection(
    string Name, Rva Rva, uint VirtualSize, uint RawOffset, uint RawSize, SectionCharacteristics Characteristics)
{
    /// <summary>First RVA behind the section's bytes.</summary>
    public Rva End => new(Rva.Value + VirtualSize);

    public bool IsExecutable => (Characteristics & SectionCharacteristics.Execute) != 0;

    public bool IsWritable => (Characteristics & SectionCharacteristics.Write) != 0;

    public bool IsReadable => (Characteristics & SectionCharacteristics.Read) != 0;

    /// <summary>The kernel frees such a section once DriverEntry has returned (INIT, .reloc).</summary>
    public bool IsDiscardable => (Characteristics & SectionCharacteristics.Discardable) != 0;

    /// <summary>True when the section covers <paramref name="rva"/>.</summary>
    public bool Contains(Rva rva) => rva >= Rva && rva.Value - Rva.Value < VirtualSize;
}

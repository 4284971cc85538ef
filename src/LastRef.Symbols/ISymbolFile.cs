namespace LastRef.Symbols;

/// <summary>A file that knows the structures, enumerations and symbols of one build of an image.</summary>
public interface ISymbolFile
{
    /// <summary>Path of the file, for messages.</summary>
    string FileName { get; }

    /// <summary>The build that it belongs to; the path is the PDB's name.</summary>
    CodeViewRecord Identity { get; }

    /// <summary>All named structures and unions, with members of unnamed ones under dotted names.</summary>
    /// <exception cref="ImageFormatException">The file is malformed.</exception>
    IReadOnlyList<StructureLayout> ReadStructures();

    /// <summary>All named enumerations.</summary>
    /// <exception cref="ImageFormatException">The file is malformed.</exception>
    IReadOnlyList<EnumerationLayout> ReadEnumerations();

    /// <summary>The address of a public symbol; null when there is none of that exact name.</summary>
    /// <exception cref="ImageFormatException">The file is malformed.</exception>
    Rva? FindSymbol(string name);
}

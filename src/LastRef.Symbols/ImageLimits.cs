namespace LastRef.Symbols;

/// <summary>How much of a hostile image or symbol file is read before it is refused.</summary>
/// <remarks>The defaults are well above the largest released drivers (about 100 MB with 60,000 functions).</remarks>
public sealed record ImageLimits
{
    /// <summary>The limits used when a caller gives none.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Largest image file, in bytes.</summary>
    public int FileBytes { get; init; } = 256 << 20;

    /// <summary>Largest SizeOfImage, in bytes.</summary>
    public int ImageBytes { get; init; } = 256 << 20;

    /// <summary>Most sections; Windows itself refuses more than 96 (PE format, "COFF File Header").</summary>
    public int Sections { get; init; } = 96;

    /// <summary>Most modules in the import directory.</summary>
    public int ImportModules { get; init; } = 1024;

    /// <summary>Most imported names and ordinals of all modules together.</summary>
    public int Imports { get; init; } = 16 * 1024;

    /// <summary>Most exported functions, and most exported names.</summary>
    public int Exports { get; init; } = 64 * 1024;

    /// <summary>Most entries in the exception directory.</summary>
    public int RuntimeFunctions { get; init; } = 1 << 20;

    /// <summary>Longest name or path in an image, in bytes.</summary>
    public int NameBytes { get; init; } = 4096;

    /// <summary>Largest symbol file (PDB), in bytes.</summary>
    public int SymbolFileBytes { get; init; } = 512 << 20;

    /// <summary>Most functions kept from one source of debug data.</summary>
    public int Functions { get; init; } = 1 << 20;

    /// <summary>Most line records decoded for one compilation unit or module.</summary>
    public int LineRecords { get; init; } = 1 << 20;

    /// <summary>Most compilation units, modules or streams in one source of debug data.</summary>
    public int Units { get; init; } = 64 * 1024;

    /// <summary>Most debugging entries or symbol records visited while the functions are listed.</summary>
    public int DebugRecords { get; init; } = 16 << 20;
}

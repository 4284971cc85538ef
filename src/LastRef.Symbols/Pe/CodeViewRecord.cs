namespace LastRef.Symbols;

/// <summary>The RSDS record that ties an image to its PDB.</summary>
/// <param name="Guid">Identity of the build.</param>
/// <param name="Age">How often the PDB was written for that identity.</param>
/// <param name="PdbPath">Path of the PDB on the machine that linked the image; normally only its name matters.</param>
/// <remarks>Source: PE format, "Debug Type" IMAGE_DEBUG_TYPE_CODEVIEW; layout as in LLVM's PDB documentation.</remarks>
public sealed record CodeViewRecord(Guid Guid, uint Age, string PdbPath)
{
    /// <summary>File name of the PDB without its folders, whichever separator the linker wrote.</summary>
    public string PdbName => PdbPath[(PdbPath.LastIndexOfAny(['\\', '/']) + 1)..];
}

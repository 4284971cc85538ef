namespace LastRef.Symbols;

/// <summary>A PDB as a source of layouts and symbols; its parts are decoded when they are asked for.</summary>
public sealed class PdbSymbolFile : ISymbolFile
{
    private readonly PdbFile pdb;
    private readonly Lazy<PdbTypes> types;
    private readonly Lazy<PdbPublics> publics;

    private PdbSymbolFile(PdbFile pdb, string pdbName)
    {
        this.pdb = pdb;
        Identity = new CodeViewRecord(pdb.Guid, pdb.Age, pdbName);
        types = new Lazy<PdbTypes>(() => new PdbTypes(pdb.ReadTypes(), pdb.Name, pdb.Limits));
        publics = new Lazy<PdbPublics>(() => new PdbPublics(pdb));
    }

    /// <inheritdoc/>
    public string FileName => pdb.Name;

    /// <inheritdoc/>
    public CodeViewRecord Identity { get; }

    /// <summary>Reads a PDB's container and identity.</summary>
    /// <exception cref="ImageFormatException">Not a PDB, or malformed.</exception>
    public static PdbSymbolFile Read(ReadOnlyMemory<byte> content, string path, ImageLimits? limits = null) =>
        new(new PdbFile(content, path, limits ?? ImageLimits.Default), Path.GetFileName(path));

    /// <summary>True when the file was written for exactly the build that the record in an image names.</summary>
    public bool Matches(CodeViewRecord record) => pdb.Matches(record);

    /// <inheritdoc/>
    public IReadOnlyList<StructureLayout> ReadStructures() => types.Value.ReadStructures();

    /// <inheritdoc/>
    public IReadOnlyList<EnumerationLayout> ReadEnumerations() => types.Value.ReadEnumerations();

    /// <inheritdoc/>
    public Rva? FindSymbol(string name) => publics.Value.Find(name);
}

namespace LastRef.Symbols;

/// <summary>One module in the import directory, in file order.</summary>
/// <param name="Name">Module name as written in the image, in its own case.</param>
/// <param name="Symbols">What is imported from it, in the order of its import address table.</param>
public sealed record ImportedModule(string Name, IReadOnlyList<ImportedSymbol> Symbols);

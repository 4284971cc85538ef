namespace LastRef.Symbols;

/// <summary>One export; a function with two names gives two of these.</summary>
/// <param name="Name">Name, or null when it is exported by ordinal only.</param>
/// <param name="Ordinal">Ordinal with the directory's base added.</param>
/// <param name="Rva">Address of the function or variable; 0 for a forwarder.</param>
/// <param name="Forwarder"><c>MODULE.Name</c> or <c>MODULE.#12</c> when another module has the code; else null.</param>
public sealed record ExportedSymbol(string? Name, uint Ordinal, Rva Rva, string? Forwarder);

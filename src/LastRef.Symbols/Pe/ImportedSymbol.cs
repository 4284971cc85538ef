using System.Globalization;

namespace LastRef.Symbols;

/// <summary>One import: by name with a hint, or by ordinal.</summary>
/// <param name="Name">Name, or null for an import by ordinal.</param>
/// <param name="Ordinal">Ordinal; only meaningful when <paramref name="Name"/> is null.</param>
/// <param name="Hint">Index into the exporter's name table to try first; 0 for an import by ordinal.</param>
/// <param name="Slot">RVA of the slot in the import address table that the loader fills.</param>
public sealed record ImportedSymbol(string? Name, ushort Ordinal, ushort Hint, Rva Slot)
{
    /// <summary>The name, or <c>#12</c> for an ordinal.</summary>
    public override string ToString() => Name ?? "#" + Ordinal.ToString(CultureInfo.InvariantCulture);
}

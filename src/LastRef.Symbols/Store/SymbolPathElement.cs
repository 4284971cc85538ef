namespace LastRef.Symbols;

/// <summary>One place of a symbol path.</summary>
/// <param name="Stores">Stores from the nearest to the farthest, the last perhaps a URL; one plain folder for <see cref="IsFolder"/>.</param>
/// <param name="IsFolder">A folder that is searched as it is, and as a store.</param>
/// <param name="IsCache">A store for what everything behind it finds.</param>
public sealed record SymbolPathElement(IReadOnlyList<string> Stores, bool IsFolder, bool IsCache)
{
    public static bool IsUrl(string store) =>
        store.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || store.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}

namespace LastRef.Symbols;

/// <summary>Places to look for symbols, in the form of <c>_NT_SYMBOL_PATH</c>.</summary>
/// <remarks>Spec: dump-format 4. Keywords ignore case; an empty store stands for the default one of the user.</remarks>
public sealed class SymbolPath
{
    private SymbolPath(IReadOnlyList<SymbolPathElement> elements) => Elements = elements;

    /// <summary>In the order of search.</summary>
    public IReadOnlyList<SymbolPathElement> Elements { get; }

    /// <summary>The store that an empty element means: a folder of the user's own.</summary>
    public static string DefaultStore { get; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "lastref", "symbols");

    /// <summary>Folders and stores on this machine: what an offline search sees.</summary>
    public IEnumerable<string> LocalFolders => Elements.SelectMany(element => element.Stores).Where(store => !SymbolPathElement.IsUrl(store));

    /// <summary>Reads places given one by one, each perhaps several with semicolons between.</summary>
    /// <exception cref="InputException">An element that is no place.</exception>
    public static SymbolPath Parse(IEnumerable<string> places)
    {
        var elements = new List<SymbolPathElement>();
        foreach (var text in places.SelectMany(place => place.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
            elements.Add(ParseElement(text));
        return new SymbolPath(elements);
    }

    private static SymbolPathElement ParseElement(string text)
    {
        var parts = text.Split('*', StringSplitOptions.TrimEntries);
        if (parts.Length == 1)
        {
            // A bare server is a store without a cache of its own.
            return SymbolPathElement.IsUrl(text)
                ? new SymbolPathElement([DefaultStore, text], false, false)
                : new SymbolPathElement([text], true, false);
        }

        var stores = parts[0].ToLowerInvariant() switch
        {
            "srv" => parts[1..],
            "symsrv" when parts.Length > 2 => parts[2..],
            "cache" => parts[1..],
            var keyword => throw new InputException($"'{PrintableText.Of(text)}' is no symbol path: '{PrintableText.Of(keyword)}' is none of srv, symsrv and cache"),
        };
        stores = Array.ConvertAll(stores, store => store.Length == 0 ? DefaultStore : store);
        var isCache = parts[0].Equals("cache", StringComparison.OrdinalIgnoreCase);
        if (isCache && (stores.Length != 1 || SymbolPathElement.IsUrl(stores[0])))
            throw new InputException($"'{PrintableText.Of(text)}' is no symbol path: cache* takes one folder");
        if (stores[..^1].Any(SymbolPathElement.IsUrl))
            throw new InputException($"'{PrintableText.Of(text)}' is no symbol path: only the last store can be a server");
        if (!isCache && stores is [var only] && SymbolPathElement.IsUrl(only))
            stores = [DefaultStore, only];
        return new SymbolPathElement(stores, false, isCache);
    }
}

using LastRef.Dumps;
using LastRef.Symbols;

namespace LastRef.Cli;

/// <summary>Where kernel symbols are sought: the places given, and those of <c>_NT_SYMBOL_PATH</c> that are on this machine.</summary>
internal static class DumpSymbols
{
    private const string Variable = "_NT_SYMBOL_PATH";

    /// <summary>The source that searches the places given, in order; null when none was given: only what LastRef carries is used then.</summary>
    /// <exception cref="InputException">A place that cannot be searched.</exception>
    public static IKernelSymbolSource? From(IReadOnlyList<string> places)
    {
        // Naming a server with the option is asking for a download; a variable that is always set is not.
        var server = places.Count > 0 ? new HttpSymbolServer() : null;
        if (places.Count == 0 && Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } inherited)
            places = [inherited];
        var path = SymbolPath.Parse(places);
        if (server is not null && path.Elements.FirstOrDefault(element => element.IsFolder && !Directory.Exists(element.Stores[0])) is { } missing)
            throw new InputException($"{missing.Stores[0]}: no such folder");
        return places.Count == 0 ? null : new SymbolSearch(new SymbolStore(path, new PhysicalFiles(), server));
    }
}

namespace LastRef.Symbols;

/// <summary>Fetches files from a symbol server; only what a person asked for is ever fetched.</summary>
public interface ISymbolServer
{
    /// <summary>The content behind a URL; null when the server has no such file.</summary>
    /// <exception cref="InputException">The server cannot be reached, or answers with something else; one line.</exception>
    byte[]? TryFetch(string url, int limitBytes);
}

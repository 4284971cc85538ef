using LastRef.Dumps;

namespace LastRef.Cli;

/// <summary>Where kernel symbols are sought.</summary>
internal static class DumpSymbols
{
    /// <summary>The source that searches the places given, in order; null when none was given: only what LastRef carries is used then.</summary>
    /// <exception cref="InputException">A place that cannot be searched.</exception>
    public static IKernelSymbolSource? From(IReadOnlyList<string> places)
    {
        if (places.Count == 0)
            return null;
        throw new InputException($"--symbols {places[0]}: this build of LastRef reads no symbol stores yet; without the option the layouts that it carries are used.");
    }
}

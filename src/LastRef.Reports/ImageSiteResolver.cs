using LastRef.Symbols;

namespace LastRef.Reports;

/// <summary>Resolves places with the debug data of the images that were checked.</summary>
/// <param name="images">Symbols by the image's file name, in any case.</param>
public sealed class ImageSiteResolver(IReadOnlyDictionary<string, ImageSymbols> images) : ISiteResolver
{
    private readonly Dictionary<string, ImageSymbols> _images = new(images, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<string> Problems =>
        [.. _images.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => (pair.Value.Unmatched is { } other ? new[] { $"no lines for {pair.Key}: {other}" } : [])
            .Concat(pair.Value.Problems.Select(problem => $"lines may be missing for {pair.Key}: {problem}")))];

    public SourceLocation? Resolve(CallSite site)
    {
        if (site.Module is not { } module || !_images.TryGetValue(module, out var symbols))
            return null;
        // The entry of a routine is itself; any other site is a return address, and the call lies before it.
        if (symbols.Find(site.Rva) is { FunctionOffset: 0, Function: not null } entry)
            return entry;
        return site.Rva.Value == 0 ? null : symbols.Find(new Rva(site.Rva.Value - 1));
    }
}

namespace LastRef.Symbols;

/// <summary>Functions with known extent, found by address.</summary>
internal sealed class FunctionTable
{
    // Folded and nested functions overlap; a few steps back find the one that covers the address.
    private const int OverlapLimit = 16;

    private readonly (uint Begin, uint End, DebugFunction Function)[] ranges;

    /// <param name="ranges">First byte, first byte behind, function; in any order. Of equal ranges the first given wins.</param>
    public FunctionTable(IEnumerable<(uint Begin, uint End, DebugFunction Function)> ranges) =>
        this.ranges = [.. ranges.OrderBy(range => range.Begin).ThenByDescending(range => range.End)];

    public DebugFunction? Find(Rva rva)
    {
        var low = 0;
        var high = ranges.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (ranges[middle].Begin <= rva.Value)
                low = middle + 1;
            else
                high = middle;
        }
        (uint Begin, uint End, DebugFunction Function)? best = null;
        for (var index = low - 1; index >= 0 && index >= low - OverlapLimit; index--)
        {
            var range = ranges[index];
            if (rva.Value >= range.End)
                continue;
            if (best is { } chosen && (range.Begin, range.End) != (chosen.Begin, chosen.End))
                break;
            best = range;
        }
        return best?.Function;
    }
}

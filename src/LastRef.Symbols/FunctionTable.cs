namespace LastRef.Symbols;

/// <summary>Functions with known extent, found by address.</summary>
internal sealed class FunctionTable
{
    // Folded and nested functions overlap; a few steps back find the one that covers the address.
    private const int OverlapLimit = 16;

    private readonly FunctionRange[] ranges;

    /// <param name="ranges">In any order; of equal ranges the first given wins, of nested ones the inner.</param>
    public FunctionTable(IReadOnlyList<FunctionRange> ranges) =>
        this.ranges = StableSort.By(ranges, static range => (ulong)range.Begin << 32 | ~range.End);

    public DebugFunction? Find(Rva rva)
    {
        var last = StableSort.CountUpTo(ranges, (ulong)rva.Value << 32 | uint.MaxValue, static range => (ulong)range.Begin << 32 | ~range.End) - 1;
        FunctionRange? best = null;
        for (var index = last; index >= 0 && index > last - OverlapLimit; index--)
        {
            var range = ranges[index];
            if (rva.Value >= range.End)
                continue;
            if (best is not null && (range.Begin != best.Begin || range.End != best.End))
                break;
            best = range;
        }
        return best?.Function;
    }
}

namespace LastRef.Symbols;

/// <summary>Symbols with an address and no extent: public symbols, COFF symbols, exports.</summary>
internal sealed class NearestSymbols
{
    private readonly DebugFunction[] symbols;

    /// <param name="symbols">In any order; of two at one address the first given wins.</param>
    public NearestSymbols(IEnumerable<DebugFunction> symbols) =>
        this.symbols = [.. symbols.DistinctBy(symbol => symbol.Entry).OrderBy(symbol => symbol.Entry)];

    /// <summary>The symbol at or nearest below the address; whether the address belongs to it is the caller's to judge.</summary>
    public DebugFunction? FindAtOrBelow(Rva rva)
    {
        var low = 0;
        var high = symbols.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (symbols[middle].Entry <= rva)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 ? null : symbols[low - 1];
    }
}

namespace LastRef.Symbols;

/// <summary>Symbols with an address and no extent: public symbols, COFF symbols, exports.</summary>
internal sealed class NearestSymbols
{
    private readonly DebugFunction[] symbols;

    /// <param name="symbols">In any order; of two at one address the first given wins.</param>
    public NearestSymbols(IReadOnlyList<DebugFunction> symbols) => this.symbols = StableSort.By(symbols, static symbol => symbol.Entry.Value);

    /// <summary>The symbol at or nearest below the address; whether the address belongs to it is the caller's to judge.</summary>
    public DebugFunction? FindAtOrBelow(Rva rva)
    {
        var last = StableSort.CountUpTo(symbols, rva.Value, static symbol => symbol.Entry.Value) - 1;
        if (last < 0)
            return null;
        while (last > 0 && symbols[last - 1].Entry == symbols[last].Entry)
            last--;
        return symbols[last];
    }
}

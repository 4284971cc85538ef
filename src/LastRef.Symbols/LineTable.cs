namespace LastRef.Symbols;

/// <summary>Line records sorted by address.</summary>
internal sealed class LineTable
{
    private readonly LineRow[] rows;

    /// <param name="rows">In the order of the debug data; where two begin at one address the later one counts.</param>
    public LineTable(IReadOnlyList<LineRow> rows) => this.rows = StableSort.By(rows, static row => row.Begin);

    /// <summary>The row in force at an address: the last that begins at or before it, unless that has ended.</summary>
    public LineRow? Find(Rva rva)
    {
        var count = StableSort.CountUpTo(rows, rva.Value, static row => row.Begin);
        return count == 0 || rva.Value >= rows[count - 1].End ? null : rows[count - 1];
    }
}

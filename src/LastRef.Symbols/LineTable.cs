namespace LastRef.Symbols;

/// <summary>Line records sorted by address.</summary>
internal sealed class LineTable
{
    private readonly LineRow[] rows;

    /// <param name="rows">In the order of the debug data; where two begin at one address the later one counts.</param>
    public LineTable(IEnumerable<LineRow> rows) => this.rows = [.. rows.OrderBy(row => row.Begin)];

    /// <summary>The row in force at an address: the last that begins at or before it, unless that has ended.</summary>
    public LineRow? Find(Rva rva)
    {
        var low = 0;
        var high = rows.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (rows[middle].Begin <= rva.Value)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 || rva.Value >= rows[low - 1].End ? null : rows[low - 1];
    }
}

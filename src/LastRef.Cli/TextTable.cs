namespace LastRef.Cli;

/// <summary>A table in plain text: columns as wide as their widest cell, the last one as it is.</summary>
internal sealed class TextTable(params string[] heads)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Rows without the heads.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row; text from a dump can hold anything, so what is no printable character is shown as a question mark.</summary>
    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(cell => Printable(cell ?? "-"))]);

    public void Write(TextWriter output)
    {
        var widths = heads.Select((head, i) => _rows.Select(row => row[i].Length).Append(head.Length).Max()).ToArray();
        foreach (var row in _rows.Prepend(heads))
            output.WriteLine(string.Join("  ", row.Select((cell, i) => i == row.Length - 1 ? cell : cell.PadRight(widths[i]))).TrimEnd());
    }

    private static string Printable(string text) =>
        text.Any(c => char.IsControl(c) || char.IsSurrogate(c)) ? string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)) : text;
}

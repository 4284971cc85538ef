namespace LastRef;

/// <summary>The size and the fields of one structure or union in one build.</summary>
/// <param name="name">The structure's name in the symbols, with its underscore.</param>
/// <param name="size">Its size in bytes.</param>
/// <param name="source">Where the layout comes from: a symbol file, or the document that a hand-written one cites.</param>
/// <param name="fields">The fields in any order.</param>
public sealed class StructureLayout(string name, int size, string source, IEnumerable<FieldLayout> fields)
{
    private readonly Dictionary<string, FieldLayout> _fields = fields.ToDictionary(f => f.Name, StringComparer.Ordinal);

    public string Name { get; } = name;

    /// <summary>Bytes.</summary>
    public int Size { get; } = size;

    public string Source { get; } = source;

    /// <summary>All fields by offset, unions one after the other.</summary>
    public IEnumerable<FieldLayout> Fields => _fields.Values.OrderBy(f => f.Offset).ThenBy(f => f.BitPosition).ThenBy(f => f.Name, StringComparer.Ordinal);

    /// <summary>The field of that exact name.</summary>
    public bool TryGetField(string fieldName, out FieldLayout field) => _fields.TryGetValue(fieldName, out field);

    /// <summary>The same layout under another name.</summary>
    public StructureLayout Renamed(string newName) => new(newName, Size, Source, _fields.Values);
}

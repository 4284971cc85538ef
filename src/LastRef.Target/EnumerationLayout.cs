namespace LastRef;

/// <summary>The named values of one enumeration in one build.</summary>
/// <param name="name">The enumeration's name in the symbols, with its underscore.</param>
/// <param name="size">Bytes in which a value is stored.</param>
/// <param name="constants">The constants; two names may share a value.</param>
public sealed class EnumerationLayout(string name, int size, IEnumerable<KeyValuePair<string, long>> constants)
{
    private readonly Dictionary<string, long> _constants = new(constants, StringComparer.Ordinal);

    public string Name { get; } = name;

    /// <summary>Bytes.</summary>
    public int Size { get; } = size;

    /// <summary>All constants by value, then by name.</summary>
    public IEnumerable<KeyValuePair<string, long>> Constants =>
        _constants.OrderBy(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal);

    /// <summary>The value of a constant; false when this build has no constant of that name.</summary>
    public bool TryGetValue(string constant, out long value) => _constants.TryGetValue(constant, out value);

    /// <summary>The first name of a value in alphabetical order; null when no constant has it.</summary>
    public string? NameOf(long value)
    {
        string? found = null;
        foreach (var (constant, constantValue) in _constants)
        {
            if (constantValue == value && (found is null || string.CompareOrdinal(constant, found) < 0))
                found = constant;
        }

        return found;
    }
}

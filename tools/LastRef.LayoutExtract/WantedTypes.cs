namespace LastRef.LayoutExtract;

/// <summary>The structures, enumerations and symbols that an extract keeps, as listed in <c>wanted.txt</c>.</summary>
internal sealed record WantedTypes(IReadOnlyList<string> Structures, IReadOnlyList<string> Enumerations, IReadOnlyList<string> Symbols)
{
    /// <summary>Reads words separated by white space; one that starts with <c>enum:</c> names an enumeration, <c>symbol:</c> a variable or routine; <c>#</c> starts a comment.</summary>
    public static WantedTypes Read(string path)
    {
        var structures = new SortedSet<string>(StringComparer.Ordinal);
        var enumerations = new SortedSet<string>(StringComparer.Ordinal);
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(path))
        {
            foreach (var word in line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                if (word.StartsWith("enum:", StringComparison.Ordinal))
                    enumerations.Add(word[5..]);
                else if (word.StartsWith("symbol:", StringComparison.Ordinal))
                    symbols.Add(word[7..]);
                else
                    structures.Add(word);
            }
        }

        return new WantedTypes([.. structures], [.. enumerations], [.. symbols]);
    }
}

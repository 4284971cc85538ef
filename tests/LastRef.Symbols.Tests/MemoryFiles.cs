using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>Files that exist only in a test, and a record of what was read.</summary>
internal sealed class MemoryFiles : IFileSource
{
    private readonly SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);

    /// <summary>Paths asked for, in order, whether they exist or not.</summary>
    public List<string> Asked { get; } = [];

    public MemoryFiles With(string path, byte[] bytes)
    {
        files[path] = bytes;
        return this;
    }

    public ReadOnlyMemory<byte>? TryRead(string path, int limitBytes)
    {
        Asked.Add(path);
        if (!files.TryGetValue(path, out var bytes))
            return null;
        return bytes.Length <= limitBytes ? bytes : throw new ImageFormatException(path, "too large");
    }

    public IReadOnlyList<string> ListFolders(string folder) =>
        [.. files.Keys.SelectMany(Ancestors).Where(path => Path.GetDirectoryName(path) == folder).Distinct()];

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
            yield return folder;
    }

    public IReadOnlyList<string> ListFiles(string folder) => [.. files.Keys.Where(path => Path.GetDirectoryName(path) == folder)];
}

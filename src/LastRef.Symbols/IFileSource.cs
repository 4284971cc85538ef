namespace LastRef.Symbols;

/// <summary>Where image and symbol files come from; tests put files in memory.</summary>
public interface IFileSource
{
    /// <summary>The whole file, or null when there is none at this path.</summary>
    /// <exception cref="InputException">A folder, larger than <paramref name="limitBytes"/>, or not readable; one line that says which.</exception>
    ReadOnlyMemory<byte>? TryRead(string path, int limitBytes);

    /// <summary>Paths of the files directly in a folder, sorted by ordinal; empty when there is no such folder or it cannot be listed.</summary>
    IReadOnlyList<string> ListFiles(string folder);

    /// <summary>Paths of the folders directly in a folder, sorted by ordinal; empty when there is no such folder or it cannot be listed.</summary>
    IReadOnlyList<string> ListFolders(string folder);
}

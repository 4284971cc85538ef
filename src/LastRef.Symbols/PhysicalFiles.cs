namespace LastRef.Symbols;

/// <summary>Files of the host.</summary>
public sealed class PhysicalFiles : IFileSource
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? TryRead(string path, int limitBytes)
    {
        try
        {
            if (Directory.Exists(path))
                throw new ImageFormatException(path, "is a folder, not a file");
            if (!File.Exists(path))
                return null;
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            if (stream.CanSeek && stream.Length > limitBytes)
                throw new ImageFormatException(path, $"the file has {stream.Length} bytes, the limit is {limitBytes}");
            var bytes = new byte[stream.CanSeek ? stream.Length : 0];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ImageFormatException(path, $"cannot be read: {error.Message}");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string folder) => List(folder, Directory.GetFiles);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFolders(string folder) => List(folder, Directory.GetDirectories);

    private static string[] List(string folder, Func<string, string[]> list)
    {
        try
        {
            if (!Directory.Exists(folder))
                return [];
            var files = list(folder);
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed has no symbols for us; the search goes on elsewhere.
            return [];
        }
    }
}

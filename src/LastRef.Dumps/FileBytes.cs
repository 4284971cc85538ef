using Microsoft.Win32.SafeHandles;

namespace LastRef.Dumps;

/// <summary>A dump file of the host.</summary>
internal sealed class FileBytes : IDumpBytes
{
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly DateTime _written;

    /// <exception cref="InputException">No such file, or not readable.</exception>
    public FileBytes(string path)
    {
        _path = path;
        if (Directory.Exists(path))
            throw new InputException($"{path}: is a folder, not a file");
        try
        {
            _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
            Length = RandomAccess.GetLength(_file);
            _written = File.GetLastWriteTimeUtc(_file);
        }
        catch (FileNotFoundException)
        {
            throw new InputException($"{path}: no such file");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new InputException($"{path}: cannot be read: {error.Message}");
        }
    }

    public long Length { get; }

    public bool HasChanged
    {
        get
        {
            try
            {
                return RandomAccess.GetLength(_file) != Length || File.GetLastWriteTimeUtc(_file) != _written;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A file that cannot be asked any more is not the one that was opened.
                return true;
            }
        }
    }

    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var count = RandomAccess.Read(_file, buffer[total..], offset + total);
                if (count == 0)
                    break;
                total += count;
            }

            return total;
        }
        catch (IOException error)
        {
            throw new InputException($"{_path}: cannot be read at offset 0x{offset:x}: {error.Message}");
        }
    }

    public void Dispose() => _file.Dispose();
}

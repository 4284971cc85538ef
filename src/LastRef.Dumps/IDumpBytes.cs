namespace LastRef.Dumps;

/// <summary>The bytes of a dump file, read at any offset.</summary>
/// <remarks>
/// Files are read with positioned reads, not through a mapping: a file that is cut while it is mapped ends the process on Unix,
/// and a dump may well be still in the making.
/// </remarks>
public interface IDumpBytes : IDisposable
{
    /// <summary>Bytes in the file when it was opened.</summary>
    long Length { get; }

    /// <summary>True when the file is known to have been written or cut since it was opened.</summary>
    bool HasChanged => false;

    /// <summary>Reads up to <paramref name="buffer"/>.Length bytes.</summary>
    /// <returns>Bytes read: fewer than asked for at the end of the file, or when it was cut since.</returns>
    int Read(long offset, Span<byte> buffer);
}

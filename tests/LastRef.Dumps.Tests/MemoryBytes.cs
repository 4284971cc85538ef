using LastRef.Dumps;

namespace LastRef.Tests;

/// <summary>A dump file in memory; it may shrink or change while it is read.</summary>
internal sealed class MemoryBytes(byte[] bytes) : IDumpBytes
{
    private readonly long _length = bytes.LongLength;

    public long Length => _length;

    /// <summary>What is there now; a test may put another array here.</summary>
    public byte[] Content { get; set; } = bytes;

    /// <summary>Reads so far.</summary>
    public int Reads { get; private set; }

    public int Read(long offset, Span<byte> buffer)
    {
        Reads++;
        if (offset >= Content.Length)
            return 0;
        var count = (int)Math.Min(buffer.Length, Content.Length - offset);
        Content.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    public void Dispose()
    {
    }
}

using LastRef.Dumps;

namespace LastRef.Tests;

/// <summary>A dump with some bytes changed and the end cut off, without a copy of it.</summary>
internal sealed class PatchedBytes(byte[] bytes, long length, Dictionary<long, byte> patches) : IDumpBytes
{
    public long Length => length;

    public int Read(long offset, Span<byte> buffer)
    {
        if (offset >= length)
            return 0;
        var count = (int)Math.Min(buffer.Length, length - offset);
        bytes.AsSpan((int)offset, count).CopyTo(buffer);
        foreach (var (at, value) in patches)
        {
            if (at >= offset && at < offset + count)
                buffer[(int)(at - offset)] = value;
        }

        return count;
    }

    public void Dispose()
    {
    }
}

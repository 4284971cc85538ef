using System.Buffers.Binary;

namespace LastRef.Dumps;

/// <summary>Recently read blocks of a dump file, in bounded memory. Not for use by two threads at once.</summary>
internal sealed class BlockCache(IDumpBytes file, int cacheBytes)
{
    private const int BlockShift = 14;
    private const int BlockBytes = 1 << BlockShift;
    private readonly byte[]?[] _blocks = new byte[]?[Math.Max(4, cacheBytes >> BlockShift)];
    private readonly long[] _numbers = new long[Math.Max(4, cacheBytes >> BlockShift)];
    private readonly int[] _lengths = new int[Math.Max(4, cacheBytes >> BlockShift)];

    public long Length => file.Length;

    /// <summary>Bytes that were read from the file so far, for measurements.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Fills the whole buffer; false when the file ends before.</summary>
    public bool TryRead(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > file.Length - buffer.Length)
            return false;
        while (buffer.Length > 0)
        {
            var block = Block(offset >> BlockShift);
            var start = (int)(offset & (BlockBytes - 1));
            if (start >= block.Length)
                return false;
            var count = Math.Min(buffer.Length, block.Length - start);
            block.Slice(start, count).CopyTo(buffer);
            buffer = buffer[count..];
            offset += count;
        }

        return true;
    }

    public bool TryReadUInt64(long offset, out ulong value)
    {
        Span<byte> buffer = stackalloc byte[8];
        var isRead = TryRead(offset, buffer);
        value = isRead ? BinaryPrimitives.ReadUInt64LittleEndian(buffer) : 0;
        return isRead;
    }

    private ReadOnlySpan<byte> Block(long number)
    {
        // Neighbouring blocks go to neighbouring slots, so that a sweep does not empty the whole cache at once.
        var slot = (int)((ulong)number % (ulong)_blocks.Length);
        if (_blocks[slot] is { } known && _numbers[slot] == number)
            return known.AsSpan(0, _lengths[slot]);
        var block = _blocks[slot] ??= new byte[BlockBytes];
        _numbers[slot] = -1;
        _lengths[slot] = file.Read(number << BlockShift, block);
        _numbers[slot] = number;
        BytesRead += _lengths[slot];
        return block.AsSpan(0, _lengths[slot]);
    }
}

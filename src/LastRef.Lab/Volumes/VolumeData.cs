namespace LastRef.Lab;

/// <summary>The bytes of a file: blocks that were never written are zeros and take no room.</summary>
internal sealed class VolumeData(VolumeSpace space)
{
    private readonly Dictionary<long, byte[]> _blocks = [];
    private readonly ReadOnlyMemory<byte> _image;

    /// <summary>A file with given content, which writes cover block by block.</summary>
    public VolumeData(VolumeSpace space, ReadOnlyMemory<byte> image)
        : this(space)
    {
        _image = image;
        Length = image.Length;
    }

    public long Length { get; private set; }

    /// <summary>Bytes on the disk, in whole clusters.</summary>
    public long AllocatedBytes => (Length + VolumeSpace.ClusterBytes - 1) / VolumeSpace.ClusterBytes * VolumeSpace.ClusterBytes;

    /// <summary>Reads what lies inside the file; the caller asks for no more.</summary>
    public void Read(long offset, Span<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var (block, start) = Math.DivRem(offset + done, (long)VolumeSpace.ClusterBytes);
            var count = Math.Min(VolumeSpace.ClusterBytes - (int)start, bytes.Length - done);
            Block(block).Slice((int)start, count).CopyTo(bytes[done..]);
            done += count;
        }
    }

    /// <summary>Writes and makes the file longer where that is needed.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var (block, start) = Math.DivRem(offset + done, (long)VolumeSpace.ClusterBytes);
            var count = Math.Min(VolumeSpace.ClusterBytes - (int)start, bytes.Length - done);
            if (!_blocks.TryGetValue(block, out var data))
            {
                space.Take();
                _blocks[block] = data = Block(block).ToArray();
            }

            bytes.Slice(done, count).CopyTo(data.AsSpan((int)start));
            done += count;
        }

        Length = Math.Max(Length, offset + bytes.Length);
    }

    /// <summary>Sets the end of the file; what is cut off does not come back when it grows again.</summary>
    public void SetLength(long length)
    {
        if (length < Length)
        {
            var kept = length / VolumeSpace.ClusterBytes;
            foreach (var block in _blocks.Keys.Where(b => b > kept).ToArray())
                Drop(block);
            var rest = (int)(length % VolumeSpace.ClusterBytes);
            if (rest == 0 && _blocks.ContainsKey(kept))
                Drop(kept);
            else if (_blocks.TryGetValue(kept, out var last))
                last.AsSpan(rest).Clear();
            _cut = Math.Min(_cut, length);
        }

        Length = length;
    }

    /// <summary>Gives all room back.</summary>
    public void Discard() => SetLength(0);

    /// <summary>Content given at first is seen only below this.</summary>
    private long _cut = long.MaxValue;

    private void Drop(long block)
    {
        _blocks.Remove(block);
        space.Return();
    }

    private ReadOnlySpan<byte> Block(long block)
    {
        if (_blocks.TryGetValue(block, out var written))
            return written;
        var start = block * VolumeSpace.ClusterBytes;
        var seen = Math.Min(_image.Length, _cut);
        if (start >= seen)
            return VolumeSpace.Zeros;
        var content = new byte[VolumeSpace.ClusterBytes];
        _image.Span[(int)start..(int)Math.Min(seen, start + VolumeSpace.ClusterBytes)].CopyTo(content);
        return content;
    }
}

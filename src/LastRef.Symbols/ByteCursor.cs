using System.Buffers.Binary;
using System.Text;

namespace LastRef.Symbols;

/// <summary>Reads little-endian values one after the other; every read past the end is an <see cref="ImageFormatException"/>.</summary>
/// <param name="data">The bytes of one part of a file.</param>
/// <param name="file">Name of the file, for messages.</param>
/// <param name="part">Name of the part, for messages; offsets in messages count from its start.</param>
internal ref struct ByteCursor(ReadOnlySpan<byte> data, string file, string part)
{
    private readonly ReadOnlySpan<byte> data = data;

    /// <summary>Offset of the next byte from the start of the part.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes in the part.</summary>
    public readonly int Length => data.Length;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => data.Length - Position;

    public readonly bool AtEnd => Position >= data.Length;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public int I32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>The next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > Remaining)
            throw Malformed($"needs {count} bytes, {Remaining} are left");
        var taken = data.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    public void Skip(long count) => Take(count);

    /// <summary>Goes to an absolute offset inside the part; its end is allowed.</summary>
    public void Seek(long offset)
    {
        if (offset < 0 || offset > data.Length)
            throw Malformed($"points to offset 0x{offset:x}, the part has 0x{data.Length:x} bytes");
        Position = (int)offset;
    }

    /// <summary>Skips to the next multiple of <paramref name="alignment"/>, or to the end when that comes first.</summary>
    public void Align(int alignment) =>
        Position = Math.Min(data.Length, (Position + alignment - 1) & -alignment);

    /// <summary>A zero-terminated UTF-8 string of at most <paramref name="limit"/> bytes.</summary>
    public string CString(int limit) => Encoding.UTF8.GetString(CStringBytes(limit));

    /// <summary>The bytes of a zero-terminated string, without the zero.</summary>
    public ReadOnlySpan<byte> CStringBytes(int limit)
    {
        var rest = data[Position..];
        var length = rest[..Math.Min(rest.Length, limit + 1)].IndexOf((byte)0);
        if (length < 0)
            throw Malformed(rest.Length > limit ? $"holds a string longer than {limit} bytes" : "holds a string without an end");
        Position += length + 1;
        return rest[..length];
    }

    /// <summary>An unsigned LEB128 number; bits above 63 are dropped, more than ten bytes are malformed.</summary>
    public ulong Uleb()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = U8();
            if (shift < 64)
                value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                return value;
        }
        throw Malformed("holds a LEB128 number of more than ten bytes");
    }

    /// <summary>A signed LEB128 number.</summary>
    public long Sleb()
    {
        long value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = U8();
            if (shift < 64)
                value |= (long)(next & 0x7F) << shift;
            if ((next & 0x80) != 0)
                continue;
            if (shift + 7 < 64 && (next & 0x40) != 0)
                value |= -1L << (shift + 7);
            return value;
        }
        throw Malformed("holds a LEB128 number of more than ten bytes");
    }

    /// <summary>An exception that names the file, the part and the present offset.</summary>
    public readonly ImageFormatException Malformed(string problem) =>
        new(file, $"{part} at offset 0x{Position:x} {problem}");
}

using System.Buffers.Binary;

namespace LastRef.Symbols;

/// <summary>The container of a PDB: numbered streams scattered over blocks of a file.</summary>
/// <remarks>Source: LLVM documentation, "The MSF File Format".</remarks>
internal sealed class MsfFile
{
    private const uint AbsentStream = 0xFFFF_FFFF;

    private readonly ReadOnlyMemory<byte> file;
    private readonly string name;
    private readonly int blockSize;
    private readonly byte[] directory;
    private readonly int[] streamSizes;
    private readonly int[] blockLists;
    private long readBudget;

    /// <exception cref="ImageFormatException">Not a version 7 PDB, or a directory that leaves the file.</exception>
    public MsfFile(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        this.file = file;
        this.name = name;
        // Each stream is read at most twice; hostile streams may share blocks and must not multiply the file.
        readBudget = 4L * file.Length + (1 << 20);
        if (file.Length > limits.SymbolFileBytes)
            throw new ImageFormatException(name, $"the file has {file.Length} bytes, the limit is {limits.SymbolFileBytes}");
        if (file.Span.StartsWith("Microsoft MSFZ"u8))
            throw new ImageFormatException(name, "a compressed PDB (MSFZ), which cannot be read; expand it first");
        if (!file.Span.StartsWith("Microsoft C/C++ MSF 7.00\r\n\u001aDS\0\0\0"u8))
            throw new ImageFormatException(name, "not a PDB of the MSF 7.00 format");

        var header = new ByteCursor(file.Span, name, "the MSF header");
        header.Seek(32);
        var size = header.U32();
        header.Skip(8);
        var directoryBytes = header.U32();
        header.Skip(4);
        var mapBlock = header.U32();
        if (size is < 512 or > 65536 || (size & (size - 1)) != 0)
            throw header.Malformed($"has block size {size}");
        blockSize = (int)size;
        if (directoryBytes > file.Length)
            throw header.Malformed($"has a directory of 0x{directoryBytes:x} bytes, the file has 0x{file.Length:x}");

        var mapBytes = BlocksFor((int)directoryBytes) * 4;
        var map = new ByteCursor(file.Span, name, "the MSF block map");
        map.Seek((long)mapBlock * blockSize);
        directory = ReadBlocks(map.Take(mapBytes), (int)directoryBytes, 0);

        var streams = new ByteCursor(directory, name, "the MSF directory");
        var count = streams.U32();
        if (count > limits.Units || count * 4L > streams.Remaining)
            throw streams.Malformed($"announces {count} streams");
        streamSizes = new int[count];
        blockLists = new int[count];
        for (var index = 0; index < count; index++)
        {
            var bytes = streams.U32();
            if (bytes == AbsentStream)
                bytes = 0;
            if (bytes > file.Length)
                throw streams.Malformed($"has stream {index} with 0x{bytes:x} bytes, the file has 0x{file.Length:x}");
            streamSizes[index] = (int)bytes;
        }
        for (var index = 0; index < count; index++)
        {
            blockLists[index] = streams.Position;
            streams.Skip(4L * BlocksFor(streamSizes[index]));
        }
    }

    /// <summary>Bytes of a stream; 0 when there is no such stream.</summary>
    public int SizeOf(int stream) => (uint)stream < (uint)streamSizes.Length ? streamSizes[stream] : 0;

    /// <summary>A whole stream; empty when there is none.</summary>
    public byte[] Read(int stream) => Read(stream, 0, SizeOf(stream));

    /// <summary>A part of a stream.</summary>
    /// <exception cref="ImageFormatException">The part leaves the stream, or a block leaves the file.</exception>
    public byte[] Read(int stream, long offset, long length)
    {
        var size = SizeOf(stream);
        if (offset < 0 || length < 0 || offset + length > size)
            throw new ImageFormatException(name, $"stream {stream} has 0x{size:x} bytes, 0x{length:x} at offset 0x{offset:x} were expected");
        if (length == 0)
            return [];
        readBudget -= length;
        if (readBudget < 0)
            throw new ImageFormatException(name, "its streams share blocks and add up to more than four times the file");
        var blocks = directory.AsSpan(blockLists[stream], 4 * BlocksFor(size));
        return ReadBlocks(blocks, (int)length, offset);
    }

    private int BlocksFor(int bytes) => (int)(((long)bytes + blockSize - 1) / blockSize);

    private byte[] ReadBlocks(ReadOnlySpan<byte> blocks, int length, long offset)
    {
        var bytes = new byte[length];
        for (var done = 0; done < length;)
        {
            var within = (int)((offset + done) % blockSize);
            var index = (int)((offset + done) / blockSize);
            var block = BinaryPrimitives.ReadUInt32LittleEndian(blocks[(4 * index)..]);
            var count = Math.Min(blockSize - within, length - done);
            var start = (long)block * blockSize + within;
            if (start + count > file.Length)
                throw new ImageFormatException(name, $"block {block} lies outside the file of 0x{file.Length:x} bytes");
            file.Span.Slice((int)start, count).CopyTo(bytes.AsSpan(done));
            done += count;
        }
        return bytes;
    }
}

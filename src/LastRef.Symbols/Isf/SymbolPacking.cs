using System.IO.Compression;
using SharpCompress.Compressors.Xz;

namespace LastRef.Symbols;

/// <summary>Unpacks symbol files packed with gzip or xz, within the limits.</summary>
internal static class SymbolPacking
{
    private const int UnpackedLimit = 128 << 20;

    public static ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> content, string path, ImageLimits limits)
    {
        if (content.Length > limits.SymbolFileBytes)
            throw new ImageFormatException(path, $"the file has {content.Length} bytes, the limit is {limits.SymbolFileBytes}");
        var bytes = content.Span;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return Copy(content, path, limits, stream => new GZipStream(stream, CompressionMode.Decompress));
        if (!bytes.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]))
            return content;
        CheckDictionary(bytes, path);
        return Copy(content, path, limits, stream => new XZStream(stream));
    }

    private static byte[] Copy(ReadOnlyMemory<byte> content, string path, ImageLimits limits, Func<Stream, Stream> open)
    {
        var limit = Math.Min(UnpackedLimit, limits.SymbolFileBytes);
        try
        {
            using var packed = new MemoryStream(content.ToArray(), writable: false);
            using var stream = open(packed);
            using var plain = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                plain.Write(buffer, 0, count);
                if (plain.Length > limit)
                    throw new ImageFormatException(path, $"unpacks to more than {limit} bytes");
            }

            return plain.ToArray();
        }
        catch (Exception error) when (error is not (ImageFormatException or InvariantException))
        {
            // The library has no exception of its own that covers all damage: it also runs out of its arrays.
            throw new ImageFormatException(path, $"cannot be unpacked: {error.GetType().Name}");
        }
    }

    /// <summary>The first block says how much memory its dictionary takes; 64 MB is what xz -9 asks for.</summary>
    private static void CheckDictionary(ReadOnlySpan<byte> bytes, string path)
    {
        const int BlockHeader = 12, Lzma2 = 0x21, Bits64Megabytes = 28;
        if (bytes.Length < BlockHeader + 8)
            throw new ImageFormatException(path, "is cut short");
        var flags = bytes[BlockHeader + 1];
        var at = BlockHeader + 2;

        // Two optional sizes, then the filters; the only one that is used for text is LZMA2.
        for (var sizes = ((flags >> 6) & 1) + (flags >> 7); sizes > 0; sizes--)
        {
            while (at < bytes.Length - 3 && (bytes[at] & 0x80) != 0)
                at++;
            at++;
        }

        if (at + 2 >= bytes.Length || (flags & 3) != 0 || bytes[at] != Lzma2 || bytes[at + 1] != 1)
            throw new ImageFormatException(path, "is packed with another filter than LZMA2");
        if ((bytes[at + 2] & 0x3F) > Bits64Megabytes)
            throw new ImageFormatException(path, "asks for a dictionary of more than 64 MB");
    }
}

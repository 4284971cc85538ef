using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LastRef.Symbols;

public sealed partial class PeImage
{
    private const int DosHeaderBytes = 0x40;
    private const int DirectoryCount = 16;
    private const int SymbolBytes = 18;
    private const uint SectorBytes = 0x200;

    private readonly (uint Rva, uint Size)[] directories = new (uint, uint)[DirectoryCount];
    private uint symbolTableOffset;
    private uint symbolCount;

    /// <summary>Reads headers and section table.</summary>
    /// <param name="file">The whole file; kept, not copied.</param>
    /// <param name="displayName">Name of the file for messages.</param>
    /// <param name="limits">Bounds; <see cref="ImageLimits.Default"/> when null.</param>
    /// <exception cref="ImageFormatException">
    /// Not a PE image, or headers that no loader can map. Other processors and 32-bit images are read; <see cref="DriverImageCheck"/> judges them.
    /// </exception>
    public static PeImage Parse(ReadOnlyMemory<byte> file, string displayName, ImageLimits? limits = null)
    {
        var image = new PeImage(file, displayName, limits ?? ImageLimits.Default);
        image.ReadHeaders();
        return image;
    }

    private void ReadHeaders()
    {
        var bytes = file.Span;
        if (bytes.IsEmpty)
            throw Malformed("the file is empty");
        if (bytes.Length > limits.FileBytes)
            throw Malformed($"the file has {bytes.Length} bytes, the limit is {limits.FileBytes}");
        if (!bytes.StartsWith("MZ"u8))
            throw Malformed($"not a Windows image: {OtherFormat(bytes)}");

        var cursor = new ByteCursor(bytes, DisplayName, "the PE header");
        cursor.Seek(FindPeSignature(bytes));
        cursor.Skip(4);
        Machine = (ImageMachine)cursor.U16();
        var sectionCount = cursor.U16();
        TimeDateStamp = cursor.U32();
        symbolTableOffset = cursor.U32();
        symbolCount = cursor.U32();
        var optionalHeaderBytes = cursor.U16();
        Characteristics = (ImageFileCharacteristics)cursor.U16();
        if (sectionCount > limits.Sections)
            throw Malformed($"the PE header announces {sectionCount} sections, the limit is {limits.Sections}");

        var optionalHeaderOffset = cursor.Position;
        ReadOptionalHeader(new ByteCursor(cursor.Take(optionalHeaderBytes), DisplayName, "the optional header"));
        if (SizeOfHeaders > bytes.Length)
            throw Malformed($"SizeOfHeaders is 0x{SizeOfHeaders:x}, the file has 0x{bytes.Length:x} bytes");
        if (SizeOfImage > limits.ImageBytes)
            throw Malformed($"SizeOfImage is 0x{SizeOfImage:x}, the limit is 0x{limits.ImageBytes:x}");
        if (SizeOfImage == 0 || SizeOfHeaders > SizeOfImage)
            throw Malformed($"SizeOfImage is 0x{SizeOfImage:x}, less than the 0x{SizeOfHeaders:x} bytes of its headers");
        if (AddressOfEntryPoint.Value >= SizeOfImage)
            throw Malformed($"the entry point 0x{AddressOfEntryPoint} is outside the image of 0x{SizeOfImage:x} bytes");
        if (!IsPowerOfTwo(SectionAlignment) || !IsPowerOfTwo(FileAlignment) || FileAlignment > SectionAlignment)
            throw Malformed($"section alignment 0x{SectionAlignment:x} and file alignment 0x{FileAlignment:x} do not go together");
        Sections = ReadSections(new ByteCursor(bytes[(optionalHeaderOffset + optionalHeaderBytes)..], DisplayName, "the section table"), sectionCount);
    }

    private int FindPeSignature(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < DosHeaderBytes)
            throw Malformed($"the file ends inside its DOS header: {bytes.Length} of {DosHeaderBytes} bytes");
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x3C..]);
        if (offset < 4 || offset > bytes.Length - 4)
            throw Malformed($"not a Windows image: a DOS program, its offset 0x3c holds 0x{offset:x} and the file has 0x{bytes.Length:x} bytes");
        var signature = bytes.Slice((int)offset, 4);
        if (signature.SequenceEqual("PE\0\0"u8))
            return (int)offset;
        var kind = signature[..2].SequenceEqual("NE"u8) ? "a 16-bit Windows program (NE)"
            : signature[..2].SequenceEqual("LE"u8) || signature[..2].SequenceEqual("LX"u8) ? "a VxD or OS/2 program (LE)"
            : "a DOS program without a PE header";
        throw Malformed($"not a Windows image: {kind}");
    }

    private void ReadOptionalHeader(ByteCursor cursor)
    {
        var magic = cursor.U16();
        IsPe32Plus = magic switch
        {
            0x20B => true,
            0x10B => false,
            _ => throw Malformed($"the optional header has magic 0x{magic:x}; 0x10b (32-bit) and 0x20b (64-bit) are known"),
        };
        cursor.Skip(14);
        AddressOfEntryPoint = new Rva(cursor.U32());
        cursor.Skip(IsPe32Plus ? 4 : 8);
        ImageBase = IsPe32Plus ? cursor.U64() : cursor.U32();
        SectionAlignment = cursor.U32();
        FileAlignment = cursor.U32();
        cursor.Skip(16);
        SizeOfImage = cursor.U32();
        SizeOfHeaders = cursor.U32();
        CheckSum = cursor.U32();
        Subsystem = (ImageSubsystem)cursor.U16();
        DllCharacteristics = (ImageDllCharacteristics)cursor.U16();
        cursor.Skip(IsPe32Plus ? 36 : 20);
        var count = Math.Min(cursor.U32(), DirectoryCount);
        for (var index = 0; index < count && cursor.Remaining >= 8; index++)
            directories[index] = (cursor.U32(), cursor.U32());
    }

    private PeSection[] ReadSections(ByteCursor cursor, int count)
    {
        var sections = new PeSection[count];
        ulong previousEnd = 0;
        for (var index = 0; index < count; index++)
        {
            var name = SectionName(cursor.Take(8));
            var virtualSize = cursor.U32();
            var rva = cursor.U32();
            var rawSize = cursor.U32();
            var rawOffset = cursor.U32();
            cursor.Skip(12);
            var characteristics = (SectionCharacteristics)cursor.U32();

            if (virtualSize == 0)
                virtualSize = rawSize;
            // With normal alignment Windows maps whole sectors, so the low bits of the file offset do not count.
            if (SectionAlignment >= PageSize)
                rawOffset &= ~(SectorBytes - 1);
            if (rawOffset == 0)
                rawSize = 0;
            var end = (ulong)rva + virtualSize;
            if (rva < previousEnd)
                throw Malformed($"section {name} starts at RVA 0x{rva:x}, inside or before the one in front of it, which ends at 0x{previousEnd:x}");
            if (end > MappedSize)
                throw Malformed($"section {name} ends at RVA 0x{end:x}, the image ends at 0x{MappedSize:x}");
            if (rawSize != 0 && (ulong)rawOffset + Math.Min(rawSize, virtualSize) > (ulong)file.Length)
                throw Malformed($"section {name} needs the file up to offset 0x{(ulong)rawOffset + rawSize:x}, it has 0x{file.Length:x} bytes");
            // Only padding behind the section's own bytes may be missing from the end of the file.
            rawSize = rawSize == 0 ? 0 : (uint)Math.Min(rawSize, file.Length - rawOffset);
            sections[index] = new PeSection(name, new Rva(rva), virtualSize, rawSize == 0 ? 0 : rawOffset, rawSize, characteristics);
            previousEnd = end;
        }
        return sections;
    }

    // GNU ld writes "/123" for a name of more than eight bytes: a decimal offset into the string table behind the COFF symbols.
    private string SectionName(ReadOnlySpan<byte> field)
    {
        var length = field.IndexOf((byte)0);
        var name = Encoding.UTF8.GetString(length < 0 ? field : field[..length]);
        if (name.StartsWith('/') && uint.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return CoffString(offset) ?? name;
        return name;
    }

    /// <summary>The COFF symbol table, 18 bytes a record; empty when the image has none or it does not fit into the file.</summary>
    internal ReadOnlySpan<byte> CoffSymbols =>
        symbolTableOffset != 0 && symbolTableOffset + (ulong)symbolCount * SymbolBytes <= (ulong)file.Length
            ? file.Span.Slice((int)symbolTableOffset, (int)symbolCount * SymbolBytes)
            : [];

    /// <summary>A string of the COFF string table, or null when there is none at this offset.</summary>
    internal string? CoffString(uint offset)
    {
        var table = symbolTableOffset + (ulong)symbolCount * SymbolBytes;
        if (symbolTableOffset == 0 || table + offset >= (ulong)file.Length)
            return null;
        var rest = file.Span[(int)(table + offset)..];
        var length = rest[..Math.Min(rest.Length, limits.NameBytes)].IndexOf((byte)0);
        return length < 0 ? null : Encoding.UTF8.GetString(rest[..length]);
    }

    private (Rva Rva, uint Size)? Directory(int index)
    {
        var (rva, size) = directories[index];
        return rva == 0 || size == 0 ? null : (new Rva(rva), size);
    }

    private static bool IsPowerOfTwo(uint value) => value != 0 && (value & (value - 1)) == 0;

    private static string OtherFormat(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("\u007fELF"u8) ? "an ELF file"
        : bytes.StartsWith("SZDD"u8) || bytes.StartsWith("MSCF"u8) ? "a compressed file, expand it first"
        : bytes.StartsWith("PK\u0003\u0004"u8) ? "a ZIP archive"
        : "its first two bytes are not MZ";
}

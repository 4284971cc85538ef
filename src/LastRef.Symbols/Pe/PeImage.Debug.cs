using System.Buffers.Binary;

namespace LastRef.Symbols;

public sealed partial class PeImage
{
    private const int DebugDirectoryIndex = 6;
    private const int LoadConfigDirectory = 10;
    private const int DebugEntryBytes = 28;
    private const int DebugTypeCodeView = 2;
    private const int DebugEntryLimit = 64;

    private bool codeViewRead;
    private bool loadConfigRead;

    /// <summary>The RSDS record of the debug directory; null when the image was linked without a PDB.</summary>
    /// <exception cref="ImageFormatException">The directory or the record leaves the image or the file.</exception>
    public CodeViewRecord? DebugDirectory
    {
        get
        {
            if (!codeViewRead)
                field = ReadCodeView();
            codeViewRead = true;
            return field;
        }
    }

    /// <summary>The load configuration directory of a PE32+ image; null when there is none.</summary>
    /// <exception cref="ImageFormatException">The directory leaves the image, or an address in it does.</exception>
    public LoadConfig? LoadConfig
    {
        get
        {
            if (!loadConfigRead)
                field = ReadLoadConfig();
            loadConfigRead = true;
            return field;
        }
    }

    private CodeViewRecord? ReadCodeView()
    {
        const string Part = "the debug directory";
        if (Directory(DebugDirectoryIndex) is not { } directory)
            return null;
        var count = Math.Min(directory.Size / DebugEntryBytes, DebugEntryLimit);
        var bytes = ReadTable(directory.Rva.Value, count, DebugEntryBytes, Part);
        var entries = new ByteCursor(bytes, DisplayName, Part);
        for (var index = 0; index < count; index++)
        {
            entries.Skip(12);
            var type = entries.U32();
            var size = entries.U32();
            var rva = entries.U32();
            var fileOffset = entries.U32();
            if (type != DebugTypeCodeView || size < 24)
                continue;
            var data = new byte[Math.Min(size, 24 + (uint)limits.NameBytes + 1)];
            if (rva != 0)
                ReadExactly(new Rva(rva), data, Part);
            else if ((ulong)fileOffset + (uint)data.Length <= (ulong)file.Length)
                file.Span.Slice((int)fileOffset, data.Length).CopyTo(data);
            else
                throw Malformed($"{Part} points to file offset 0x{fileOffset:x}, the file has 0x{file.Length:x} bytes");
            if (!data.AsSpan().StartsWith("RSDS"u8))
                continue;
            var record = new ByteCursor(data, DisplayName, "the CodeView record");
            record.Skip(4);
            return new CodeViewRecord(new Guid(record.Take(16)), record.U32(), record.CString(limits.NameBytes));
        }
        return null;
    }

    private LoadConfig? ReadLoadConfig()
    {
        const string Part = "the load configuration directory";
        const int CookieOffset = 0x58, CheckOffset = 0x70, DispatchOffset = 0x78, FlagsOffset = 0x90;
        if (!IsPe32Plus || Directory(LoadConfigDirectory) is not { } directory)
            return null;
        // The structure says its own length; the directory's size was a fixed 0x40 in old linkers.
        var length = Math.Min(ReadU32(directory.Rva, Part), FlagsOffset + 4);
        var bytes = new byte[FlagsOffset + 4];
        ReadExactly(directory.Rva, bytes.AsSpan(0, (int)length), Part);
        return new LoadConfig(
            Pointer(bytes, CookieOffset), Pointer(bytes, CheckOffset), Pointer(bytes, DispatchOffset),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(FlagsOffset)));

        Rva? Pointer(byte[] table, int offset)
        {
            var address = BinaryPrimitives.ReadUInt64LittleEndian(table.AsSpan(offset));
            if (address == 0)
                return null;
            var rva = unchecked(address - ImageBase);
            return rva <= MappedSize - 8
                ? new Rva((uint)rva)
                : throw Malformed($"{Part} points to 0x{address:x}, outside the image at 0x{ImageBase:x}");
        }
    }
}

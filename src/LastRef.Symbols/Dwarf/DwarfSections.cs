using System.Text;

namespace LastRef.Symbols;

/// <summary>The DWARF sections of an image; an absent one is empty.</summary>
internal sealed class DwarfSections
{
    private readonly PeImage image;
    private readonly int nameBytes;

    public DwarfSections(PeImage image, ImageLimits limits)
    {
        this.image = image;
        nameBytes = limits.NameBytes;
        Info = Section(".debug_info");
        Abbreviations = Section(".debug_abbrev");
        Lines = Section(".debug_line");
        Strings = Section(".debug_str");
        LineStrings = Section(".debug_line_str");
        StringOffsets = Section(".debug_str_offsets");
        Addresses = Section(".debug_addr");
        Ranges = Section(".debug_ranges");
        RangeLists = Section(".debug_rnglists");
    }

    public ReadOnlyMemory<byte> Info { get; }

    public ReadOnlyMemory<byte> Abbreviations { get; }

    public ReadOnlyMemory<byte> Lines { get; }

    public ReadOnlyMemory<byte> Strings { get; }

    public ReadOnlyMemory<byte> LineStrings { get; }

    public ReadOnlyMemory<byte> StringOffsets { get; }

    public ReadOnlyMemory<byte> Addresses { get; }

    public ReadOnlyMemory<byte> Ranges { get; }

    public ReadOnlyMemory<byte> RangeLists { get; }

    public string FileName => image.DisplayName;

    /// <summary>A cursor at an offset in one of the sections.</summary>
    public ByteCursor At(ReadOnlyMemory<byte> section, string name, ulong offset)
    {
        var cursor = new ByteCursor(section.Span, image.DisplayName, name);
        cursor.Seek((long)Math.Min(offset, long.MaxValue));
        return cursor;
    }

    /// <summary>The string at an offset of .debug_str.</summary>
    public string ReadString(ulong offset) => Text(At(Strings, ".debug_str", offset));

    /// <summary>The string at an offset of .debug_line_str.</summary>
    public string ReadLineString(ulong offset) => Text(At(LineStrings, ".debug_line_str", offset));

    /// <summary>The string at the cursor.</summary>
    public string Text(ByteCursor cursor) => Encoding.UTF8.GetString(cursor.CStringBytes(nameBytes));

    private ReadOnlyMemory<byte> Section(string name)
    {
        if (image.Sections.FirstOrDefault(section => section.Name == name) is not { } found || found.RawSize == 0)
            return default;
        return image.File.Slice((int)found.RawOffset, (int)Math.Min(found.RawSize, found.VirtualSize));
    }
}

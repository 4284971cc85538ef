namespace LastRef.Symbols;

/// <summary>One compilation unit: its header, its abbreviations and the attributes of its root entry.</summary>
internal sealed class DwarfUnit
{
    private readonly DwarfSections sections;
    private readonly Action<int> charge;
    private ulong stringOffsetsBase;
    private ulong addressBase;
    private ulong rangeListsBase;

    /// <param name="sections">The sections.</param>
    /// <param name="encoding">Widths, and where the unit starts.</param>
    /// <param name="firstEntry">Offset of the root entry in .debug_info.</param>
    /// <param name="end">Offset behind the unit in .debug_info.</param>
    /// <param name="abbreviations">Shapes of its entries.</param>
    /// <param name="charge">Told of everything that is decoded; throws when it was too much.</param>
    public DwarfUnit(
        DwarfSections sections, DwarfEncoding encoding, int firstEntry, int end,
        IReadOnlyDictionary<ulong, DwarfAbbreviation> abbreviations, Action<int> charge)
    {
        this.sections = sections;
        this.charge = charge;
        Encoding = encoding;
        FirstEntry = firstEntry;
        End = end;
        Abbreviations = abbreviations;
        ReadRoot();
    }

    public DwarfEncoding Encoding { get; }

    /// <summary>Offset of the root entry in .debug_info.</summary>
    public int FirstEntry { get; }

    /// <summary>Offset behind the unit in .debug_info.</summary>
    public int End { get; }

    public IReadOnlyDictionary<ulong, DwarfAbbreviation> Abbreviations { get; }

    /// <summary>Addresses that the unit's code covers, end exclusive.</summary>
    public IReadOnlyList<AddressRange> Ranges { get; private set; } = [];

    /// <summary>Offset of its program in .debug_line; null without lines.</summary>
    public ulong? LineProgram { get; private set; }

    /// <summary>The folder in which the compiler ran; empty when unknown.</summary>
    public string CompilationDirectory { get; private set; } = "";

    /// <summary>Base for the ranges of its functions.</summary>
    public ulong LowPc { get; private set; }

    /// <summary>A cursor over .debug_info up to the unit's end.</summary>
    public ByteCursor Cursor(ulong offset)
    {
        var cursor = new ByteCursor(sections.Info.Span[..End], sections.FileName, ".debug_info");
        cursor.Seek((long)Math.Min(offset, long.MaxValue));
        return cursor;
    }

    /// <summary>Reads the shape of the entry at the cursor; null for the mark that closes a list of children.</summary>
    public DwarfAbbreviation? ReadAbbreviation(ref ByteCursor cursor)
    {
        var code = cursor.Uleb();
        if (code == 0)
            return null;
        return Abbreviations.TryGetValue(code, out var abbreviation)
            ? abbreviation
            : throw cursor.Malformed($"uses abbreviation {code}, which its unit does not define");
    }

    /// <summary>The text of an attribute, or null when it is not one that can be looked up.</summary>
    public string? Text(DwarfValue value)
    {
        switch (value.Kind)
        {
            case DwarfValueKind.InlineString:
                return sections.Text(Cursor(value.Number));
            case DwarfValueKind.StringOffset:
                return sections.ReadString(value.Number);
            case DwarfValueKind.LineStringOffset:
                return sections.ReadLineString(value.Number);
            case DwarfValueKind.StringIndex:
                {
                    var offset = unchecked(stringOffsetsBase + value.Number * (uint)Encoding.OffsetBytes);
                    var cursor = sections.At(sections.StringOffsets, ".debug_str_offsets", offset);
                    return sections.ReadString(Encoding.ReadOffset(ref cursor));
                }
            default:
                return null;
        }
    }

    /// <summary>The address of an attribute, or null when it is not one.</summary>
    public ulong? Address(DwarfValue value) => value.Kind switch
    {
        DwarfValueKind.Address => value.Number,
        DwarfValueKind.AddressIndex => AddressAt(value.Number),
        _ => null,
    };

    /// <summary>The ranges that an entry's low_pc, high_pc or ranges attribute gives; empty when it has no code.</summary>
    public IReadOnlyList<AddressRange> RangesOf(in DwarfEntry entry)
    {
        if (entry.Ranges.Kind is DwarfValueKind.SectionOffset or DwarfValueKind.RangeListIndex)
            return Encoding.Version >= 5 ? ReadRangeList(entry.Ranges) : ReadRanges(entry.Ranges.Number);
        if (!entry.HighPc.IsPresent || Address(entry.LowPc) is not { } begin)
            return [];
        // Since version 4 a plain number is a length.
        var end = Address(entry.HighPc) ?? unchecked(begin + entry.HighPc.Number);
        return end > begin ? [new AddressRange(begin, end)] : [];
    }

    private ulong AddressAt(ulong index)
    {
        var cursor = sections.At(sections.Addresses, ".debug_addr", unchecked(addressBase + index * Encoding.AddressBytes));
        return Encoding.ReadAddress(ref cursor);
    }

    private void ReadRoot()
    {
        var cursor = Cursor((ulong)FirstEntry);
        if (cursor.AtEnd || ReadAbbreviation(ref cursor) is not { } abbreviation)
            return;
        charge(abbreviation.Attributes.Length);
        var root = DwarfEntry.Read(abbreviation, ref cursor, Encoding);

        // Bases first: other attributes of the same entry may be indexes that need them. Without one, the table starts behind its header.
        var header = Encoding.Is64Bit ? 16u : 8u;
        stringOffsetsBase = NumberOf(root.StringOffsetsBase) ?? header;
        addressBase = NumberOf(root.AddressBase) ?? header;
        rangeListsBase = NumberOf(root.RangeListsBase) ?? header + 4;
        LineProgram = NumberOf(root.StatementList);
        CompilationDirectory = Text(root.CompilationDirectory) ?? "";
        LowPc = Address(root.LowPc) ?? 0;
        Ranges = RangesOf(root);
    }

    private static ulong? NumberOf(DwarfValue value) => value.IsPresent ? value.Number : null;

    // Version 2 to 4: pairs of offsets from a base, which a pair that starts with all ones replaces.
    private List<AddressRange> ReadRanges(ulong offset)
    {
        var ranges = new List<AddressRange>();
        var cursor = sections.At(sections.Ranges, ".debug_ranges", offset);
        var start = LowPc;
        var selectsBase = Encoding.AddressBytes == 8 ? ulong.MaxValue : uint.MaxValue;
        while (true)
        {
            charge(1);
            var begin = Encoding.ReadAddress(ref cursor);
            var end = Encoding.ReadAddress(ref cursor);
            if (begin == 0 && end == 0)
                return ranges;
            if (begin == selectsBase)
                start = end;
            else
                Add(ranges, unchecked(start + begin), unchecked(start + end));
        }
    }

    private List<AddressRange> ReadRangeList(DwarfValue list)
    {
        const byte EndOfList = 0, BaseIndex = 1, IndexIndex = 2, IndexLength = 3, OffsetPair = 4, Base = 5, StartEnd = 6, StartLength = 7;
        var offset = list.Number;
        if (list.Kind == DwarfValueKind.RangeListIndex)
        {
            var entry = sections.At(sections.RangeLists, ".debug_rnglists", unchecked(rangeListsBase + offset * (uint)Encoding.OffsetBytes));
            offset = unchecked(rangeListsBase + Encoding.ReadOffset(ref entry));
        }
        var ranges = new List<AddressRange>();
        var cursor = sections.At(sections.RangeLists, ".debug_rnglists", offset);
        var start = LowPc;
        while (true)
        {
            charge(1);
            ulong begin, end;
            var kind = cursor.U8();
            switch (kind)
            {
                case EndOfList:
                    return ranges;
                case BaseIndex:
                    start = AddressAt(cursor.Uleb());
                    continue;
                case Base:
                    start = Encoding.ReadAddress(ref cursor);
                    continue;
                case IndexIndex:
                    begin = AddressAt(cursor.Uleb());
                    end = AddressAt(cursor.Uleb());
                    break;
                case IndexLength:
                    begin = AddressAt(cursor.Uleb());
                    end = unchecked(begin + cursor.Uleb());
                    break;
                case OffsetPair:
                    begin = unchecked(start + cursor.Uleb());
                    end = unchecked(start + cursor.Uleb());
                    break;
                case StartEnd:
                    begin = Encoding.ReadAddress(ref cursor);
                    end = Encoding.ReadAddress(ref cursor);
                    break;
                case StartLength:
                    begin = Encoding.ReadAddress(ref cursor);
                    end = unchecked(begin + cursor.Uleb());
                    break;
                default:
                    throw cursor.Malformed($"has a range of the unknown kind {kind}");
            }
            Add(ranges, begin, end);
        }
    }

    private static void Add(List<AddressRange> ranges, ulong begin, ulong end)
    {
        if (end > begin)
            ranges.Add(new AddressRange(begin, end));
    }
}

namespace LastRef.Symbols;

/// <summary>Functions and lines from the DWARF sections of an image; decodes only the units that are asked about.</summary>
/// <remarks>Source: DWARF 4 and 5 standards. GNU ld and lld relocate the addresses to the image's own base.</remarks>
internal sealed class DwarfSymbols : IDebugSource
{
    private readonly PeImage image;
    private readonly ImageLimits limits;
    private readonly DwarfSections sections;
    private readonly Dictionary<ulong, Dictionary<ulong, DwarfAbbreviation>> abbreviations = [];
    private readonly Dictionary<DwarfUnit, UnitTables> tables = [];
    private readonly Dictionary<DwarfUnit, DwarfLines> lines = [];
    private List<DwarfUnit>? units;
    private UnitRange[]? unitRanges;
    private int recordsLeft;

    public DwarfSymbols(PeImage image, ImageLimits limits)
    {
        this.image = image;
        this.limits = limits;
        sections = new DwarfSections(image, limits);
        recordsLeft = limits.DebugRecords;
    }

    /// <summary>True when the image has DWARF data at all.</summary>
    public bool IsPresent => !sections.Info.IsEmpty;

    /// <inheritdoc/>
    public DebugFunction? FindFunction(Rva rva)
    {
        if (FindUnit(rva) is not { } unit)
            return null;
        return FunctionsOf(unit).Functions.Find(rva);
    }

    /// <inheritdoc/>
    public DebugLine? FindLine(Rva rva)
    {
        if (FindUnit(rva) is not { LineProgram: { } program } unit)
            return null;
        if (!lines.TryGetValue(unit, out var table))
        {
            table = new DwarfLines(sections, program, unit, ToRva, limits);
            lines.Add(unit, table);
        }
        // Function and line are to agree: code that was inlined counts as the line of the function that called it.
        return FunctionsOf(unit).Inlined.Find(rva) is { } call && table.At(call) is { } caller ? caller : table.Find(rva);
    }

    private UnitTables FunctionsOf(DwarfUnit unit)
    {
        if (!tables.TryGetValue(unit, out var found))
            tables.Add(unit, found = ReadFunctions(unit));
        return found;
    }

    private DwarfUnit? FindUnit(Rva rva)
    {
        if (unitRanges is null)
        {
            var ranges = new List<UnitRange>();
            foreach (var unit in Units())
            {
                foreach (var range in unit.Ranges)
                {
                    if (ToRva(range.Begin) is { } begin)
                        ranges.Add(new UnitRange(begin.Value, EndOf(begin, range), unit));
                }
            }
            unitRanges = StableSort.By(ranges, static range => range.Begin);
        }
        var count = StableSort.CountUpTo(unitRanges, rva.Value, static range => range.Begin);
        return count > 0 && rva.Value < unitRanges[count - 1].End ? unitRanges[count - 1].Unit : null;
    }

    private uint EndOf(Rva begin, AddressRange range) => (uint)Math.Min(begin.Value + (range.End - range.Begin), image.MappedSize);

    // Code that the linker dropped keeps its entries with an address outside the image (0 or all ones).
    private Rva? ToRva(ulong address)
    {
        var rva = unchecked(address - image.ImageBase);
        return rva != 0 && rva < image.MappedSize ? new Rva((uint)rva) : null;
    }

    private List<DwarfUnit> Units()
    {
        if (units is not null)
            return units;
        var found = new List<DwarfUnit>();
        var cursor = sections.At(sections.Info, ".debug_info", 0);
        while (cursor.Remaining >= 11)
        {
            if (found.Count == limits.Units)
                throw cursor.Malformed($"has more than {limits.Units} units");
            var offset = (uint)cursor.Position;
            var (length, is64Bit) = DwarfEncoding.ReadLength(ref cursor);
            var start = cursor.Position;
            // GNU ld pads the section with zeros; a unit of length 0 is that padding.
            if (length == 0)
                break;
            if (length > (ulong)cursor.Remaining)
                throw cursor.Malformed($"has a unit of 0x{length:x} bytes, 0x{cursor.Remaining:x} are left");
            var version = cursor.U16();
            if (version is >= 2 and <= 5 && ReadUnit(ref cursor, version, is64Bit, offset, start + (int)length) is { } unit)
                found.Add(unit);
            cursor.Seek(start + (long)length);
        }
        return units = found;
    }

    private DwarfUnit? ReadUnit(ref ByteCursor cursor, ushort version, bool is64Bit, uint offset, int end)
    {
        byte kind = DwarfConstants.UnitCompile;
        byte addressBytes = 0;
        if (version >= 5)
        {
            kind = cursor.U8();
            addressBytes = cursor.U8();
        }
        var abbreviationOffset = is64Bit ? cursor.U64() : cursor.U32();
        if (version < 5)
            addressBytes = cursor.U8();
        // Type units have no code; the code of split units is in another file.
        if (kind is not (DwarfConstants.UnitCompile or DwarfConstants.UnitPartial))
            return null;
        if (!abbreviations.TryGetValue(abbreviationOffset, out var table))
        {
            table = DwarfAbbreviation.ReadTable(sections.At(sections.Abbreviations, ".debug_abbrev", abbreviationOffset), Charge);
            abbreviations.Add(abbreviationOffset, table);
        }
        return new DwarfUnit(sections, new DwarfEncoding(version, is64Bit, addressBytes, offset), cursor.Position, end, table, Charge);
    }

    private UnitTables ReadFunctions(DwarfUnit unit)
    {
        var ranges = new List<FunctionRange>();
        var inlined = new List<LineRow>();
        var cursor = unit.Cursor((ulong)unit.FirstEntry);
        var depth = 0;
        var inlinedDepth = int.MaxValue;
        while (!cursor.AtEnd)
        {
            Charge(1);
            if (unit.ReadAbbreviation(ref cursor) is not { } abbreviation)
            {
                depth--;
                continue;
            }
            // An entry at the level of the inlined call or above it ends that call's children.
            if (depth <= inlinedDepth)
                inlinedDepth = int.MaxValue;
            if (abbreviation.Tag == DwarfConstants.TagSubprogram)
            {
                AddFunction(unit, abbreviation, ref cursor, ranges);
            }
            else if (abbreviation.Tag == DwarfConstants.TagInlinedSubroutine && inlinedDepth == int.MaxValue)
            {
                inlinedDepth = depth;
                AddInlined(unit, ReadEntry(unit, abbreviation, ref cursor), inlined);
            }
            else
            {
                SkipAttributes(unit, abbreviation, ref cursor);
            }
            if (abbreviation.HasChildren)
                depth++;
        }
        return new UnitTables(new FunctionTable(ranges), new LineTable(inlined));
    }

    private void AddInlined(DwarfUnit unit, in DwarfEntry entry, List<LineRow> inlined)
    {
        if (!entry.CallFile.IsPresent || !entry.CallLine.IsPresent)
            return;
        foreach (var range in unit.RangesOf(entry))
        {
            if (ToRva(range.Begin) is { } begin)
                inlined.Add(new LineRow(begin.Value, EndOf(begin, range), (uint)entry.CallFile.Number, (uint)entry.CallLine.Number));
        }
    }

    private void SkipAttributes(DwarfUnit unit, DwarfAbbreviation abbreviation, ref ByteCursor cursor)
    {
        Charge(abbreviation.Attributes.Length);
        foreach (var attribute in abbreviation.Attributes)
            DwarfValue.Read(ref cursor, attribute.Form, unit.Encoding, attribute.ImplicitConstant);
    }

    private void AddFunction(
        DwarfUnit unit, DwarfAbbreviation abbreviation, ref ByteCursor cursor, List<FunctionRange> ranges)
    {
        var entry = ReadEntry(unit, abbreviation, ref cursor);
        var covered = unit.RangesOf(entry);
        if (covered.Count == 0)
            return;
        if (NameOf(unit, entry) is not { } name)
            return;
        // The entry is low_pc; a function in several parts lists the one that is entered first.
        if (ToRva(unit.Address(entry.LowPc) ?? covered[0].Begin) is not { } begin)
            return;
        var function = new DebugFunction(name, begin);
        foreach (var range in covered)
        {
            if (ToRva(range.Begin) is { } start)
                ranges.Add(new FunctionRange(start.Value, EndOf(start, range), function));
        }
    }

    // An out-of-line copy of an inlined function, or the definition of a declared one, has its name in another entry.
    private string? NameOf(DwarfUnit unit, DwarfEntry entry)
    {
        const int HopLimit = 8;
        for (var hop = 0; hop < HopLimit; hop++)
        {
            if (entry.Name.IsPresent || entry.LinkageName.IsPresent)
            {
                var text = unit.Text(entry.Name.IsPresent ? entry.Name : entry.LinkageName);
                // Many entries may share one long string.
                Charge((text?.Length ?? 0) / 16);
                return text;
            }
            if (entry.Origin.Kind != DwarfValueKind.Reference || UnitAt(entry.Origin.Number) is not { } home)
                return null;
            Charge(1);
            unit = home;
            var cursor = unit.Cursor(entry.Origin.Number);
            if (cursor.AtEnd || unit.ReadAbbreviation(ref cursor) is not { } abbreviation)
                return null;
            entry = ReadEntry(unit, abbreviation, ref cursor);
        }
        return null;
    }

    private DwarfUnit? UnitAt(ulong offset)
    {
        var all = Units();
        var low = 0;
        var high = all.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if ((ulong)all[middle].FirstEntry <= offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low > 0 && offset < (ulong)all[low - 1].End ? all[low - 1] : null;
    }

    private DwarfEntry ReadEntry(DwarfUnit unit, DwarfAbbreviation abbreviation, ref ByteCursor cursor)
    {
        Charge(abbreviation.Attributes.Length);
        return DwarfEntry.Read(abbreviation, ref cursor, unit.Encoding);
    }

    private void Charge(int records)
    {
        recordsLeft -= records;
        if (recordsLeft < 0)
            throw new ImageFormatException(image.DisplayName, $"its DWARF data has more than {limits.DebugRecords} entries and attributes");
    }

    private sealed record UnitRange(uint Begin, uint End, DwarfUnit Unit);

    private sealed record UnitTables(FunctionTable Functions, LineTable Inlined);
}

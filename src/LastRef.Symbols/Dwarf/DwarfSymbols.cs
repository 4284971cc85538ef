namespace LastRef.Symbols;

/// <summary>Functions and lines from the DWARF sections of an image; decodes only the units that are asked about.</summary>
/// <remarks>Source: DWARF 4 and 5 standards. GNU ld and lld relocate the addresses to the image's own base.</remarks>
internal sealed class DwarfSymbols : IDebugSource
{
    private readonly PeImage image;
    private readonly ImageLimits limits;
    private readonly DwarfSections sections;
    private readonly Dictionary<ulong, Dictionary<ulong, DwarfAbbreviation>> abbreviations = [];
    private readonly Dictionary<DwarfUnit, (FunctionTable Functions, LineTable Inlined)> functions = [];
    private readonly Dictionary<DwarfUnit, DwarfLines> lines = [];
    private List<DwarfUnit>? units;
    private (uint Begin, uint End, DwarfUnit Unit)[]? unitRanges;
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

    private (FunctionTable Functions, LineTable Inlined) FunctionsOf(DwarfUnit unit)
    {
        if (!functions.TryGetValue(unit, out var tables))
            functions.Add(unit, tables = ReadFunctions(unit));
        return tables;
    }

    private DwarfUnit? FindUnit(Rva rva)
    {
        unitRanges ??= [.. Units()
            .SelectMany(unit => unit.Ranges, (unit, range) => (Begin: ToRva(range.Begin), Size: range.End - range.Begin, Unit: unit))
            .Where(range => range.Begin is not null)
            .Select(range => (range.Begin!.Value.Value, (uint)Math.Min(range.Begin.Value.Value + range.Size, image.MappedSize), range.Unit))
            .OrderBy(range => range.Item1)];
        var low = 0;
        var high = unitRanges.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (unitRanges[middle].Begin <= rva.Value)
                low = middle + 1;
            else
                high = middle;
        }
        return low > 0 && rva.Value < unitRanges[low - 1].End ? unitRanges[low - 1].Unit : null;
    }

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

    private (FunctionTable Functions, LineTable Inlined) ReadFunctions(DwarfUnit unit)
    {
        var ranges = new List<(uint, uint, DebugFunction)>();
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
        return (new FunctionTable(ranges), new LineTable(inlined));
    }

    private void AddInlined(DwarfUnit unit, Entry entry, List<LineRow> inlined)
    {
        if (entry.CallFile is not { } file || entry.CallLine is not { } line)
            return;
        foreach (var (from, to) in unit.RangesOf(entry.Low, entry.High, entry.Ranges))
        {
            if (ToRva(from) is { } begin)
                inlined.Add(new LineRow(begin.Value, (uint)Math.Min(begin.Value + (to - from), image.MappedSize), (uint)file.Number, (uint)line.Number));
        }
    }

    private void SkipAttributes(DwarfUnit unit, DwarfAbbreviation abbreviation, ref ByteCursor cursor)
    {
        Charge(abbreviation.Attributes.Count);
        foreach (var (_, form, constant) in abbreviation.Attributes)
            DwarfValue.Read(ref cursor, form, unit.Encoding, constant);
    }

    private void AddFunction(
        DwarfUnit unit, DwarfAbbreviation abbreviation, ref ByteCursor cursor, List<(uint, uint, DebugFunction)> ranges)
    {
        var entry = ReadEntry(unit, abbreviation, ref cursor);
        var covered = unit.RangesOf(entry.Low, entry.High, entry.Ranges);
        if (covered.Count == 0)
            return;
        if (NameOf(unit, entry) is not { } name)
            return;
        // The entry is low_pc; a function in several parts lists the one that is entered first.
        if (ToRva(entry.Low is { } low ? unit.Address(low) ?? covered[0].Begin : covered[0].Begin) is not { } begin)
            return;
        foreach (var (from, to) in covered)
        {
            if (ToRva(from) is { } start)
                ranges.Add((start.Value, (uint)Math.Min(start.Value + (to - from), image.MappedSize), new DebugFunction(name, begin)));
        }
    }

    // An out-of-line copy of an inlined function, or the definition of a declared one, has its name in another entry.
    private string? NameOf(DwarfUnit unit, Entry entry)
    {
        const int HopLimit = 8;
        for (var hop = 0; hop < HopLimit; hop++)
        {
            if ((entry.Name ?? entry.LinkageName) is { } name)
            {
                var text = unit.Text(name);
                // Many entries may share one long string.
                Charge((text?.Length ?? 0) / 16);
                return text;
            }
            if (entry.Origin is not { Kind: DwarfValueKind.Reference } origin || UnitAt(origin.Number) is not { } home)
                return null;
            Charge(1);
            unit = home;
            var cursor = unit.Cursor(origin.Number);
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

    private Entry ReadEntry(DwarfUnit unit, DwarfAbbreviation abbreviation, ref ByteCursor cursor)
    {
        Charge(abbreviation.Attributes.Count);
        var entry = default(Entry);
        foreach (var (attribute, form, constant) in abbreviation.Attributes)
        {
            var value = DwarfValue.Read(ref cursor, form, unit.Encoding, constant);
            entry = attribute switch
            {
                DwarfConstants.AttributeName => entry with { Name = value },
                DwarfConstants.AttributeLinkageName => entry with { LinkageName = value },
                DwarfConstants.AttributeLowPc => entry with { Low = value },
                DwarfConstants.AttributeHighPc => entry with { High = value },
                DwarfConstants.AttributeRanges => entry with { Ranges = value },
                DwarfConstants.AttributeCallFile => entry with { CallFile = value },
                DwarfConstants.AttributeCallLine => entry with { CallLine = value },
                DwarfConstants.AttributeAbstractOrigin or DwarfConstants.AttributeSpecification => entry with { Origin = value },
                _ => entry,
            };
        }
        return entry;
    }

    private void Charge(int records)
    {
        recordsLeft -= records;
        if (recordsLeft < 0)
            throw new ImageFormatException(image.DisplayName, $"its DWARF data has more than {limits.DebugRecords} entries and attributes");
    }

    private readonly record struct Entry(
        DwarfValue? Name, DwarfValue? LinkageName, DwarfValue? Low, DwarfValue? High, DwarfValue? Ranges, DwarfValue? Origin,
        DwarfValue? CallFile, DwarfValue? CallLine);
}

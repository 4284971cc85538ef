namespace LastRef.Symbols;

/// <summary>The line number program of one unit, run to its end.</summary>
/// <remarks>Source: DWARF 5 standard, 6.2; versions 2 to 5.</remarks>
internal sealed class DwarfLines
{
    private readonly string fileName;
    private readonly DwarfLineFiles files;
    private readonly LineTable table;

    /// <param name="sections">The sections.</param>
    /// <param name="offset">Offset of the program in .debug_line.</param>
    /// <param name="unit">The unit that refers to it.</param>
    /// <param name="toRva">Turns an address into an RVA; null for code that is not in the image.</param>
    /// <param name="limits">Bounds.</param>
    /// <exception cref="ImageFormatException">The program is malformed or has too many rows.</exception>
    public DwarfLines(DwarfSections sections, ulong offset, DwarfUnit unit, Func<ulong, Rva?> toRva, ImageLimits limits)
    {
        const string Part = ".debug_line";
        fileName = sections.FileName;
        var cursor = sections.At(sections.Lines, Part, offset);
        var (length, is64Bit) = DwarfEncoding.ReadLength(ref cursor);
        if (length > (ulong)cursor.Remaining)
            throw cursor.Malformed($"has a program of 0x{length:x} bytes, 0x{cursor.Remaining:x} are left");
        var program = new ByteCursor(sections.Lines.Span[..(cursor.Position + (int)length)], sections.FileName, Part);
        program.Seek(cursor.Position);

        var version = program.U16();
        if (version is < 2 or > 5)
            throw program.Malformed($"has version {version}; 2 to 5 are known");
        var addressBytes = unit.Encoding.AddressBytes;
        if (version >= 5)
        {
            addressBytes = program.U8();
            program.Skip(1);
        }
        var encoding = new DwarfEncoding(version, is64Bit, addressBytes, unit.Encoding.UnitOffset);
        var headerBytes = encoding.ReadOffset(ref program);
        var firstOpcode = unchecked((ulong)program.Position + headerBytes);
        var header = new LineHeader(program.U8(), version >= 4 ? program.U8() : (byte)1, program.U8(), (sbyte)program.U8(), program.U8(), program.U8());
        if (header.LineRange == 0 || header.OpcodeBase == 0)
            throw program.Malformed("has line range or opcode base 0");
        var operandCounts = program.Take(header.OpcodeBase - 1).ToArray();
        files = new DwarfLineFiles(sections, encoding, unit, limits, ref program);
        program.Seek((long)Math.Min(firstOpcode, long.MaxValue));
        table = new LineTable(Run(program, header, operandCounts, encoding, toRva, limits));
    }

    /// <summary>The line of an address, or null.</summary>
    public DebugLine? Find(Rva rva) => table.Find(rva) is { } row ? At(row) : null;

    /// <summary>The text for a row that uses the program's file numbers; null when there is no such file.</summary>
    public DebugLine? At(LineRow row) =>
        files.Path(row.File) is { } path ? new DebugLine(path, (int)Math.Min(row.Line, int.MaxValue)) : null;

    private List<LineRow> Run(
        ByteCursor program, LineHeader header, byte[] operandCounts, DwarfEncoding encoding, Func<ulong, Rva?> toRva, ImageLimits limits)
    {
        const byte Extended = 0, Copy = 1, AdvancePc = 2, AdvanceLine = 3, SetFile = 4, SetColumn = 5, AddConstant = 8, FixedAdvance = 9, SetIsa = 12;
        const byte EndSequence = 1, SetAddress = 2;
        var rows = new List<LineRow>();
        var isPending = false;
        var (pendingAddress, pendingFile, pendingLine) = (0UL, 0u, 0u);
        ulong address = 0;
        uint file = 1;
        uint line = 1;
        while (!program.AtEnd)
        {
            var opcode = program.U8();
            if (opcode >= header.OpcodeBase)
            {
                var adjusted = opcode - header.OpcodeBase;
                address = unchecked(address + (ulong)(adjusted / header.LineRange) * header.InstructionBytes);
                line = unchecked((uint)(line + header.LineBase + adjusted % header.LineRange));
                Emit(false, program);
                continue;
            }
            switch (opcode)
            {
                case Extended:
                    {
                        var length = program.Uleb();
                        if (length == 0 || length > (ulong)program.Remaining)
                            throw program.Malformed($"has an extended opcode of 0x{length:x} bytes");
                        var operands = new ByteCursor(program.Take((long)length), fileName, ".debug_line");
                        var kind = operands.U8();
                        if (kind == SetAddress)
                        {
                            address = encoding.ReadAddress(ref operands);
                        }
                        else if (kind == EndSequence)
                        {
                            Emit(true, program);
                            (address, file, line) = (0, 1, 1);
                        }
                        break;
                    }
                case Copy:
                    Emit(false, program);
                    break;
                case AdvancePc:
                    address = unchecked(address + program.Uleb() * header.InstructionBytes);
                    break;
                case AdvanceLine:
                    line = unchecked((uint)(line + program.Sleb()));
                    break;
                case SetFile:
                    file = (uint)Math.Min(program.Uleb(), uint.MaxValue);
                    break;
                case SetColumn or SetIsa:
                    program.Uleb();
                    break;
                case AddConstant:
                    address = unchecked(address + (ulong)((255 - header.OpcodeBase) / header.LineRange) * header.InstructionBytes);
                    break;
                case FixedAdvance:
                    address = unchecked(address + program.U16());
                    break;
                default:
                    // Flags without operands, and opcodes of later versions, whose operand counts the header gives.
                    for (var operand = 0; operand < operandCounts[opcode - 1]; operand++)
                        program.Uleb();
                    break;
            }
        }
        return rows;

        // A row holds until the next one of its sequence; the end of the sequence closes the last.
        void Emit(bool ends, ByteCursor at)
        {
            if (isPending && address > pendingAddress && toRva(pendingAddress) is { } begin)
            {
                if (rows.Count == limits.LineRecords)
                    throw at.Malformed($"has more than {limits.LineRecords} rows");
                rows.Add(new LineRow(begin.Value, (uint)Math.Min(begin.Value + (address - pendingAddress), uint.MaxValue), pendingFile, pendingLine));
            }
            isPending = !ends;
            (pendingAddress, pendingFile, pendingLine) = (address, file, line);
        }
    }

    private readonly record struct LineHeader(
        byte InstructionBytes, byte MaximumOperations, byte DefaultIsStatement, sbyte LineBase, byte LineRange, byte OpcodeBase);
}

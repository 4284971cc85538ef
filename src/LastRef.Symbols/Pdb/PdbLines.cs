using System.Text;

namespace LastRef.Symbols;

/// <summary>The line information (C13) of one module.</summary>
/// <remarks>Source: LLVM documentation, "The Module Information Stream"; CV_DebugSLinesHeader_t and following in cvinfo.h of microsoft-pdb.</remarks>
internal sealed class PdbLines
{
    // Line numbers that mean "no source": where a debugger never or always steps.
    private const uint NeverStep = 0xFEEFEE;
    private const uint AlwaysStep = 0xF00F00;

    private readonly PdbFile pdb;
    private readonly byte[] checksums = [];
    private readonly LineTable table;

    /// <exception cref="ImageFormatException">A subsection or block leaves the data, or there are too many lines.</exception>
    public PdbLines(byte[] data, PdbFile pdb, PeImage image)
    {
        this.pdb = pdb;
        var functions = new List<FunctionLines>();
        var total = 0;
        var cursor = new ByteCursor(data, pdb.Name, "the line information of a module");
        while (cursor.Remaining >= 8)
        {
            var kind = cursor.U32();
            var bytes = cursor.Take(cursor.U32());
            cursor.Align(4);
            if (kind == CodeViewKind.FileChecksumsSubsection)
                checksums = bytes.ToArray();
            else if (kind == CodeViewKind.LinesSubsection)
                ReadLines(new ByteCursor(bytes, pdb.Name, "a line table"), image, functions, ref total);
        }
        // Functions that the linker folded into one have a table each for the same code; the first names it, as in the symbol records.
        var rows = new List<LineRow>(total);
        uint? previous = null;
        foreach (var function in StableSort.By(functions, static lines => lines.Begin))
        {
            if (function.Begin != previous)
                rows.AddRange(function.Rows);
            previous = function.Begin;
        }
        table = new LineTable(rows);
    }

    /// <summary>The line of an address.</summary>
    /// <param name="rva">The address.</param>
    /// <param name="names">The file's string table.</param>
    public DebugLine? Find(Rva rva, byte[] names) =>
        table.Find(rva) is { } row ? new DebugLine(FileName(row.File, names), (int)row.Line) : null;

    /// <summary>RVA of an offset in a section numbered from 1; null when the image has no such place.</summary>
    public static Rva? ToRva(PeImage image, ushort section, uint offset)
    {
        if (section == 0 || section > image.Sections.Count)
            return null;
        var rva = (ulong)image.Sections[section - 1].Rva.Value + offset;
        return rva < image.MappedSize ? new Rva((uint)rva) : null;
    }

    private void ReadLines(ByteCursor cursor, PeImage image, List<FunctionLines> functions, ref int total)
    {
        const int HasColumns = 1;
        var offset = cursor.U32();
        var section = cursor.U16();
        var options = cursor.U16();
        var length = cursor.U32();
        if (ToRva(image, section, offset) is not { } begin)
            return;
        var rows = new List<LineRow>();
        functions.Add(new FunctionLines(begin.Value, rows));
        var end = Math.Min((ulong)begin.Value + length, image.MappedSize);
        while (cursor.Remaining >= 12)
        {
            var file = cursor.U32();
            var count = cursor.U32();
            var blockBytes = cursor.U32();
            var entryBytes = (options & HasColumns) != 0 ? 12UL : 8UL;
            if (blockBytes < 12 || count * entryBytes > blockBytes - 12UL)
                throw cursor.Malformed($"has a block of {blockBytes} bytes for {count} lines");
            var block = new ByteCursor(cursor.Take(blockBytes - 12), pdb.Name, "a line table");
            if (total + (long)count > pdb.Limits.LineRecords)
                throw cursor.Malformed($"has more than {pdb.Limits.LineRecords} lines");
            total += (int)count;
            AddRows(rows, block, file, (int)count, begin.Value, (uint)end);
        }
    }

    // Each entry holds until the next one, whichever block that is in: blocks of one function interleave where a header's code is inlined.
    private static void AddRows(List<LineRow> rows, ByteCursor block, uint file, int count, uint begin, uint end)
    {
        for (var index = 0; index < count; index++)
        {
            var at = begin + (ulong)block.U32();
            var line = block.U32() & 0xFF_FFFF;
            if (at >= end)
                continue;
            if (line is NeverStep or AlwaysStep)
                line = 0;
            rows.Add(new LineRow((uint)at, end, file, line));
        }
    }

    private string FileName(uint entry, byte[] names)
    {
        var cursor = new ByteCursor(checksums, pdb.Name, "the file checksums");
        cursor.Seek(entry);
        var text = new ByteCursor(names, pdb.Name, "the string table");
        text.Seek(cursor.U32());
        return Encoding.UTF8.GetString(text.CStringBytes(pdb.Limits.NameBytes));
    }

    private sealed record FunctionLines(uint Begin, List<LineRow> Rows);
}

using System.Text;

namespace LastRef.Symbols;

/// <summary>Functions and lines of an image from its PDB; decodes only the modules that are asked about.</summary>
/// <param name="pdb">A file that matches the image.</param>
/// <param name="image">The image; its sections turn section and offset into RVAs.</param>
internal sealed class PdbSymbols(PdbFile pdb, PeImage image) : IDebugSource
{
    private readonly Dictionary<int, FunctionTable> functions = [];
    private readonly Dictionary<int, PdbLines> lines = [];
    private byte[]? names;

    /// <inheritdoc/>
    public DebugFunction? FindFunction(Rva rva)
    {
        if (FindModule(rva) is not { } module)
            return null;
        if (!functions.TryGetValue(module, out var table))
            functions.Add(module, table = ReadFunctions(pdb.Modules[module]));
        return table.Find(rva);
    }

    /// <inheritdoc/>
    public DebugLine? FindLine(Rva rva)
    {
        if (FindModule(rva) is not { } module)
            return null;
        if (!lines.TryGetValue(module, out var table))
        {
            var header = pdb.Modules[module];
            var bytes = pdb.ReadModule(header, (long)header.SymbolBytes + header.C11Bytes, header.C13Bytes);
            lines.Add(module, table = new PdbLines(bytes, pdb, image));
        }
        return table.Find(rva, names ??= pdb.ReadNames());
    }

    /// <summary>All public symbols that lie in executable sections.</summary>
    /// <exception cref="ImageFormatException">The record stream is malformed.</exception>
    public NearestSymbols ReadPublics()
    {
        const uint CodeOrFunction = 3;
        var symbols = new List<DebugFunction>();
        var cursor = new ByteCursor(pdb.ReadSymbolRecords(), pdb.Name, "the symbol records");
        while (cursor.Remaining >= 4)
        {
            var record = new ByteCursor(cursor.Take(cursor.U16()), pdb.Name, "a public symbol");
            if (record.Length < 2 || record.U16() != CodeViewKind.Public32)
                continue;
            var flags = record.U32();
            var offset = record.U32();
            if ((flags & CodeOrFunction) != 0 && ToRva(record.U16(), offset) is { } rva && symbols.Count < pdb.Limits.Functions)
                symbols.Add(new DebugFunction(record.CString(pdb.Limits.NameBytes), rva));
        }
        return new NearestSymbols(symbols);
    }

    private int? FindModule(Rva rva)
    {
        if (image.FindSection(rva) is not { } section)
            return null;
        var number = SectionNumber(section);
        var offset = rva.Value - section.Rva.Value;
        var count = StableSort.CountUpTo(pdb.Contributions, PdbContribution.Key(number, offset), static contribution => contribution.SortKey);
        if (count == 0)
            return null;
        var found = pdb.Contributions[count - 1];
        return found.Section == number && offset - found.Offset < found.Size
            && found.Module < pdb.Modules.Count && pdb.Modules[found.Module].Stream >= 0
            ? found.Module
            : null;
    }

    private ushort SectionNumber(PeSection section)
    {
        for (var index = 0; index < image.Sections.Count; index++)
        {
            if (ReferenceEquals(image.Sections[index], section))
                return (ushort)(index + 1);
        }
        return 0;
    }

    private Rva? ToRva(ushort section, uint offset) => PdbLines.ToRva(image, section, offset);

    private FunctionTable ReadFunctions(PdbModuleHeader module)
    {
        const uint C13Signature = 4;
        var ranges = new List<FunctionRange>();
        var separated = new List<SeparatedPart>();
        var cursor = new ByteCursor(pdb.ReadModule(module, 0, module.SymbolBytes), pdb.Name, "the symbols of a module");
        if (cursor.Length == 0)
            return new FunctionTable([]);
        if (cursor.U32() != C13Signature)
            throw cursor.Malformed("are not in the C13 form");
        while (cursor.Remaining >= 4)
        {
            var record = new ByteCursor(cursor.Take(cursor.U16()), pdb.Name, "a symbol record");
            if (record.Length < 2 || ranges.Count >= pdb.Limits.Functions)
                continue;
            switch (record.U16())
            {
                case CodeViewKind.LocalProcedure32 or CodeViewKind.GlobalProcedure32
                    or CodeViewKind.LocalProcedure32Id or CodeViewKind.GlobalProcedure32Id
                    or CodeViewKind.LocalProcedure32Dpc or CodeViewKind.LocalProcedure32DpcId:
                    {
                        record.Skip(12);
                        var length = record.U32();
                        record.Skip(12);
                        var offset = record.U32();
                        var section = record.U16();
                        record.Skip(1);
                        Add(section, offset, length, record.CStringBytes(pdb.Limits.NameBytes));
                        break;
                    }
                case CodeViewKind.Thunk32:
                    {
                        record.Skip(12);
                        var offset = record.U32();
                        var section = record.U16();
                        var length = record.U16();
                        record.Skip(1);
                        Add(section, offset, length, record.CStringBytes(pdb.Limits.NameBytes));
                        break;
                    }
                case CodeViewKind.SeparatedCode:
                    {
                        record.Skip(8);
                        var length = record.U32();
                        record.Skip(4);
                        var offset = record.U32();
                        var parentOffset = record.U32();
                        if (ToRva(record.U16(), offset) is { } begin && ToRva(record.U16(), parentOffset) is { } parent)
                            separated.Add(new SeparatedPart(begin.Value, begin.Value + length, parent));
                        break;
                    }
                default:
                    break;
            }
        }
        var whole = new FunctionTable(ranges);
        if (separated.Count == 0)
            return whole;
        foreach (var part in separated)
        {
            if (whole.Find(part.Parent) is { } parent)
                ranges.Add(new FunctionRange(part.Begin, part.End, parent));
        }
        return new FunctionTable(ranges);

        void Add(ushort section, uint offset, uint length, ReadOnlySpan<byte> name)
        {
            if (ToRva(section, offset) is { } rva)
                ranges.Add(new FunctionRange(
                    rva.Value, (uint)Math.Min(rva.Value + (ulong)length, uint.MaxValue), new DebugFunction(Encoding.UTF8.GetString(name), rva)));
        }
    }

    private sealed record SeparatedPart(uint Begin, uint End, Rva Parent);
}

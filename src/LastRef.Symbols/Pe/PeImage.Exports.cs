using System.Buffers.Binary;

namespace LastRef.Symbols;

public sealed partial class PeImage
{
    private const int ExportDirectory = 0;

    private Dictionary<string, ExportedSymbol>? exportsByName;
    private Dictionary<uint, ExportedSymbol>? exportsByOrdinal;

    /// <summary>Exports in order of their ordinals, a function's names in the order of the name table.</summary>
    /// <exception cref="ImageFormatException">A table leaves the image or is too long.</exception>
    public IReadOnlyList<ExportedSymbol> Exports => field ??= ReadExports();

    /// <summary>The export of this name (exact case), or null.</summary>
    public ExportedSymbol? FindExport(string name)
    {
        exportsByName ??= Exports.Where(export => export.Name is not null)
            .DistinctBy(export => export.Name, StringComparer.Ordinal)
            .ToDictionary(export => export.Name!, StringComparer.Ordinal);
        return exportsByName.GetValueOrDefault(name);
    }

    /// <summary>The export with this ordinal, or null.</summary>
    public ExportedSymbol? FindExport(uint ordinal)
    {
        exportsByOrdinal ??= Exports.DistinctBy(export => export.Ordinal).ToDictionary(export => export.Ordinal);
        return exportsByOrdinal.GetValueOrDefault(ordinal);
    }

    private List<ExportedSymbol> ReadExports()
    {
        const string Part = "the export directory";
        var exports = new List<ExportedSymbol>();
        if (Directory(ExportDirectory) is not { } directory)
            return exports;
        Span<byte> header = stackalloc byte[40];
        ReadExactly(directory.Rva, header, Part);
        var ordinalBase = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        var functionCount = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        var nameCount = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        if (functionCount > limits.Exports || nameCount > limits.Exports)
            throw Malformed($"{Part} announces {functionCount} functions and {nameCount} names, the limit is {limits.Exports}");
        var functions = ReadTable(BinaryPrimitives.ReadUInt32LittleEndian(header[28..]), functionCount, 4, Part);
        var names = ReadTable(BinaryPrimitives.ReadUInt32LittleEndian(header[32..]), nameCount, 4, Part);
        var indexes = ReadTable(BinaryPrimitives.ReadUInt32LittleEndian(header[36..]), nameCount, 2, Part);

        var namesOf = new Dictionary<int, List<string>>();
        for (var index = 0; index < nameCount; index++)
        {
            int function = BinaryPrimitives.ReadUInt16LittleEndian(indexes.AsSpan(2 * index));
            if (function >= functionCount)
                throw Malformed($"{Part} gives name {index} to function {function} of {functionCount}");
            var name = ReadName(new Rva(BinaryPrimitives.ReadUInt32LittleEndian(names.AsSpan(4 * index))), Part);
            if (namesOf.TryGetValue(function, out var more))
                more.Add(name);
            else
                namesOf.Add(function, [name]);
        }
        for (var index = 0; index < functionCount; index++)
        {
            var rva = BinaryPrimitives.ReadUInt32LittleEndian(functions.AsSpan(4 * index));
            if (rva == 0)
                continue;
            // An address inside the directory itself is the text of a forwarder, not code.
            var isForwarder = rva >= directory.Rva.Value && rva - directory.Rva.Value < directory.Size;
            var forwarder = isForwarder ? ReadName(new Rva(rva), Part) : null;
            var address = isForwarder ? default : ToRva(rva, Part);
            var ordinal = unchecked(ordinalBase + (uint)index);
            if (namesOf.TryGetValue(index, out var own))
                exports.AddRange(own.Select(name => new ExportedSymbol(name, ordinal, address, forwarder)));
            else
                exports.Add(new ExportedSymbol(null, ordinal, address, forwarder));
        }
        return exports;
    }

    private byte[] ReadTable(uint rva, uint count, uint width, string part)
    {
        var table = new byte[count * width];
        if (count != 0)
            ReadExactly(new Rva(rva), table, part);
        return table;
    }
}

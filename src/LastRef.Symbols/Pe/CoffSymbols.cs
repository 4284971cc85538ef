using System.Buffers.Binary;
using System.Text;

namespace LastRef.Symbols;

/// <summary>The COFF symbol table that GNU ld and lld leave in an image.</summary>
/// <remarks>Source: PE format, "COFF Symbol Table".</remarks>
internal static class CoffSymbols
{
    private const int RecordBytes = 18;
    private const byte ExternalClass = 2;
    private const byte StaticClass = 3;
    private const int FunctionType = 2;

    /// <summary>Functions, and external labels in executable sections; empty when the table is stripped.</summary>
    public static NearestSymbols Read(PeImage image, ImageLimits limits)
    {
        var table = image.CoffSymbols;
        var symbols = new List<DebugFunction>();
        long characters = 0;
        for (var at = 0; at + RecordBytes <= table.Length && symbols.Count < limits.Functions;)
        {
            var record = table.Slice(at, RecordBytes);
            at += RecordBytes * (1 + record[17]);
            var value = BinaryPrimitives.ReadUInt32LittleEndian(record[8..]);
            var section = BinaryPrimitives.ReadInt16LittleEndian(record[12..]);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(record[14..]);
            var storage = record[16];
            if (section <= 0 || section > image.Sections.Count || storage is not (ExternalClass or StaticClass))
                continue;
            var isFunction = type >> 4 == FunctionType;
            if (!image.Sections[section - 1].IsExecutable || (!isFunction && storage != ExternalClass))
                continue;
            if (value >= image.Sections[section - 1].VirtualSize || NameOf(image, record) is not { Length: > 0 } name)
                continue;
            // Many records may share one long name.
            characters += name.Length;
            if (characters > limits.DebugRecords)
                throw new ImageFormatException(image.DisplayName, $"its COFF symbols have more than {limits.DebugRecords} characters");
            symbols.Add(new DebugFunction(name, new Rva(image.Sections[section - 1].Rva.Value + value)));
        }
        return new NearestSymbols(symbols);
    }

    private static string? NameOf(PeImage image, ReadOnlySpan<byte> record)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) == 0)
            return image.CoffString(BinaryPrimitives.ReadUInt32LittleEndian(record[4..]));
        var length = record[..8].IndexOf((byte)0);
        return Encoding.UTF8.GetString(record[..(length < 0 ? 8 : length)]);
    }
}

using System.Text;

namespace LastRef.Tests;

/// <summary>Builds PDBs with one module for an image of <see cref="PeBuilder"/>; section 1 is its .text.</summary>
internal sealed class PdbBuilder
{
    public const int BlockSize = 512;

    private readonly List<byte> symbols = [];
    private readonly List<byte> publics = [];
    private readonly List<byte> lines = [];
    private readonly List<byte> names = [];
    private readonly List<byte> checksums = [];

    public PdbBuilder()
    {
        symbols.AddRange(U32(4));
        names.Add(0);
    }

    public Guid Guid { get; set; } = new("01234567-89ab-cdef-0123-456789abcdef");

    public uint InfoAge { get; set; } = 3;

    public uint DbiAge { get; set; } = 3;

    /// <summary>Adds a stream number for a map from the addresses of the linker to those of the image.</summary>
    public bool Rearranged { get; set; }

    /// <summary>Bytes of .text that the module contributes; with copies, each of them.</summary>
    public uint ContributionBytes { get; set; } = 0x40;

    /// <summary>How often the module is listed, each time with a stream of its own number over the same blocks.</summary>
    public int ModuleCopies { get; set; } = 1;

    public PdbBuilder Procedure(string name, uint offset, uint length, ushort kind = 0x1110)
    {
        Record(symbols, kind, [.. new byte[12], .. U32(length), .. new byte[12], .. U32(offset), 1, 0, 0, .. Text(name)]);
        return this;
    }

    public PdbBuilder Thunk(string name, uint offset, ushort length)
    {
        Record(symbols, 0x1102, [.. new byte[12], .. U32(offset), 1, 0, (byte)length, (byte)(length >> 8), 0, .. Text(name)]);
        return this;
    }

    /// <summary>Code of the procedure at <paramref name="parent"/> that the compiler moved elsewhere.</summary>
    public PdbBuilder Separated(uint offset, uint length, uint parent)
    {
        Record(symbols, 0x1132, [.. new byte[8], .. U32(length), 0, 0, 0, 0, .. U32(offset), .. U32(parent), 1, 0, 1, 0]);
        return this;
    }

    public PdbBuilder Public(string name, uint offset, uint flags = 2)
    {
        Record(publics, 0x110E, [.. U32(flags), .. U32(offset), 1, 0, .. Text(name)]);
        return this;
    }

    /// <summary>A line table of one function in one file.</summary>
    public PdbBuilder Lines(string file, uint offset, uint length, params (uint Offset, uint Line)[] rows)
    {
        var entry = (uint)checksums.Count;
        checksums.AddRange(U32((uint)names.Count));
        checksums.AddRange(U32(0));
        names.AddRange(Text(file));
        byte[] table =
        [
            .. U32(offset), 1, 0, 0, 0, .. U32(length),
            .. U32(entry), .. U32((uint)rows.Length), .. U32(12 + 8 * (uint)rows.Length),
            .. rows.SelectMany(row => U32(row.Offset).Concat(U32(row.Line))),
        ];
        Subsection(0xF2, table);
        return this;
    }

    /// <summary>The file; <paramref name="change"/> may alter the streams before they are laid out.</summary>
    public byte[] Build(Action<List<byte[]>>? change = null)
    {
        var symbolBytes = symbols.ToArray();
        Subsection(0xF4, checksums.ToArray());
        var lineBytes = lines.ToArray();
        const ushort None = 0xFFFF, Records = 4, Names = 5, Map = 6, Module = 7;

        byte[] mapName = [.. Text("/names")];
        byte[] info =
        [
            .. U32(20000404), .. U32(0), .. U32(InfoAge), .. Guid.ToByteArray(),
            .. U32((uint)mapName.Length), .. mapName, .. U32(1), .. U32(1), .. U32(1), .. U32(1), .. U32(0), .. U32(0), .. U32(Names),
        ];
        byte[] ModuleEntry(int copy) =>
        [
            .. new byte[34], .. U16((ushort)(Module + copy)), .. U32((uint)symbolBytes.Length), .. U32(0), .. U32((uint)lineBytes.Length), .. new byte[16],
            .. Text("a.o"), .. Text("a.o"),
        ];
        byte[] Contribution(int copy) =>
        [
            .. U16(1), .. U16(0), .. U32((uint)copy * ContributionBytes), .. U32(ContributionBytes), .. U32(0),
            .. U16((ushort)copy), .. U16(0), .. U32(0), .. U32(0),
        ];
        byte[] modules = [.. Enumerable.Range(0, ModuleCopies).SelectMany(ModuleEntry)];
        byte[] contributions = [.. U32(0xF12EBA2D), .. Enumerable.Range(0, ModuleCopies).SelectMany(Contribution)];
        byte[] debugHeader = [.. Enumerable.Range(0, 11).SelectMany(index => U16(index == 4 && Rearranged ? Map : None))];
        byte[] dbi =
        [
            .. U32(0xFFFF_FFFF), .. U32(19990903), .. U32(DbiAge), .. U16(None), .. U16(0), .. U16(None), .. U16(0), .. U16(Records), .. U16(0),
            .. U32((uint)modules.Length), .. U32((uint)contributions.Length), .. U32(0), .. U32(0), .. U32(0), .. U32(0),
            .. U32((uint)debugHeader.Length), .. U32(0), .. U16(0), .. U16(0x8664), .. U32(0),
            .. modules, .. contributions, .. debugHeader,
        ];
        byte[] nameTable = [.. U32(0xEFFEEFFE), .. U32(1), .. U32((uint)names.Count), .. names.ToArray()];
        var streams = new List<byte[]> { Array.Empty<byte>(), info, Array.Empty<byte>(), dbi, publics.ToArray(), nameTable, Array.Empty<byte>() };
        streams.AddRange(Enumerable.Repeat<byte[]>([.. symbolBytes, .. lineBytes], ModuleCopies));
        change?.Invoke(streams);
        return Layout(streams);
    }

    private static byte[] Layout(List<byte[]> streams)
    {
        var blocks = new List<byte[]>();
        var directory = new List<byte>(U32((uint)streams.Count));
        foreach (var stream in streams)
            directory.AddRange(U32((uint)stream.Length));
        var placed = new Dictionary<byte[], List<uint>>(ReferenceEqualityComparer.Instance);
        foreach (var stream in streams)
        {
            if (!placed.TryGetValue(stream, out var numbers))
                placed.Add(stream, numbers = Append(stream));
            directory.AddRange(numbers.SelectMany(U32));
        }
        byte[] map = [.. Append([.. directory]).SelectMany(U32)];
        var mapBlock = Append(map)[0];
        byte[] header =
        [
            .. "Microsoft C/C++ MSF 7.00\r\n\u001aDS\0\0\0"u8, .. U32(BlockSize), .. U32(1), .. U32((uint)blocks.Count + 1),
            .. U32((uint)directory.Count), .. U32(0), .. U32(mapBlock),
        ];
        return [.. header, .. new byte[BlockSize - header.Length], .. blocks.SelectMany(block => block)];

        List<uint> Append(byte[] bytes)
        {
            var numbers = new List<uint>();
            for (var at = 0; at < bytes.Length; at += BlockSize)
            {
                var block = new byte[BlockSize];
                bytes.AsSpan(at, Math.Min(BlockSize, bytes.Length - at)).CopyTo(block);
                blocks.Add(block);
                numbers.Add((uint)blocks.Count);
            }
            return numbers;
        }
    }

    private static void Record(List<byte> stream, ushort kind, byte[] data)
    {
        var padding = (4 - (4 + data.Length) % 4) % 4;
        stream.AddRange(U16((ushort)(2 + data.Length + padding)));
        stream.AddRange(U16(kind));
        stream.AddRange(data);
        stream.AddRange(new byte[padding]);
    }

    private void Subsection(uint kind, byte[] data)
    {
        lines.AddRange([.. U32(kind), .. U32((uint)data.Length), .. data, .. new byte[(4 - data.Length % 4) % 4]]);
    }

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static byte[] U16(ushort value) => BitConverter.GetBytes(value);

    private static byte[] U32(uint value) => BitConverter.GetBytes(value);
}

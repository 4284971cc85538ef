using System.Text;

namespace LastRef.Tests;

/// <summary>Builds the type stream of a PDB record by record, from the specification.</summary>
internal sealed class PdbTypeBuilder
{
    private readonly List<byte> _records = [];
    private uint _next = 0x1000;

    public uint Pointer(uint type) => Add(0x1002, [.. U32(type), .. U32((8 << 13) | 0xC)]);

    public uint Modifier(uint type) => Add(0x1001, [.. U32(type), 1, 0]);

    public uint Procedure() => Add(0x1008, [.. U32(3), 0, 0, 0, 0, .. U32(0)]);

    public uint BitField(uint type, byte length, byte position) => Add(0x1205, [.. U32(type), length, position]);

    public uint Array(uint element, uint bytes) => Add(0x1503, [.. U32(element), .. U32(0x23), .. Numeric(bytes), 0]);

    public uint Fields(params byte[][] members) => Add(0x1203, [.. members.SelectMany(Padded)]);

    public uint Structure(string name, uint fields, uint size, ushort properties = 0) =>
        Add(0x1505, [1, 0, .. U16(properties), .. U32(fields), .. U32(0), .. U32(0), .. Numeric(size), .. Text(name)]);

    /// <summary>The record of newer compilers: properties first, the count last.</summary>
    public uint NewerStructure(string name, uint fields, uint size) =>
        Add(0x1609, [.. U32(0), .. U32(fields), .. U32(0), .. U32(0), .. Numeric(1), .. Numeric(size), .. Text(name)]);

    public uint Union(string name, uint fields, uint size) => Add(0x1506, [1, 0, 0, 0, .. U32(fields), .. Numeric(size), .. Text(name)]);

    public uint Enumeration(string name, uint underlying, uint fields) => Add(0x1507, [1, 0, 0, 0, .. U32(underlying), .. U32(fields), .. Text(name)]);

    public static byte[] Member(string name, uint type, uint offset) => [0x0D, 0x15, 3, 0, .. U32(type), .. Numeric(offset), .. Text(name)];

    public static byte[] Constant(string name, int value) =>
        [0x02, 0x15, 3, 0, .. value is >= 0 and < 0x8000 ? U16((ushort)value) : [.. U16(0x8003), .. U32((uint)value)], .. Text(name)];

    public static byte[] Continuation(uint list) => [0x04, 0x14, 0, 0, .. U32(list)];

    public static byte[] Method(string name) => [0x11, 0x15, 3, 0, .. U32(0x1000), .. Text(name)];

    public byte[] Build() =>
    [
        .. U32(20040203), .. U32(56), .. U32(0x1000), .. U32(_next), .. U32((uint)_records.Count), .. new byte[36], .. _records,
    ];

    private uint Add(ushort leaf, byte[] data)
    {
        var padding = (4 - ((4 + data.Length) % 4)) % 4;
        _records.AddRange(U16((ushort)(2 + data.Length + padding)));
        _records.AddRange(U16(leaf));
        _records.AddRange(data);
        for (; padding > 0; padding--)
            _records.Add((byte)(0xF0 | padding));
        return _next++;
    }

    private static byte[] Padded(byte[] member)
    {
        var padding = (4 - (member.Length % 4)) % 4;
        return [.. member, .. Enumerable.Range(0, padding).Select(index => (byte)(0xF0 | (padding - index)))];
    }

    private static byte[] Numeric(uint value) => value < 0x8000 ? U16((ushort)value) : [.. U16(0x8004), .. U32(value)];

    private static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static byte[] U16(ushort value) => BitConverter.GetBytes(value);

    private static byte[] U32(uint value) => BitConverter.GetBytes(value);
}

using System.Buffers.Binary;
using System.Globalization;

namespace LastRef.Symbols;

/// <summary>The type records of a PDB, turned into layouts in the notation of the extracts.</summary>
/// <remarks>Spec: dump-format 5.3. Records are found by an offset table that is built in one pass, and decoded when they are asked for.</remarks>
internal sealed class PdbTypes
{
    private const int DepthLimit = 24;
    private const int MostFields = 1 << 14;

    private readonly string file;
    private readonly byte[] stream;
    private readonly uint first;
    private readonly int[] offsets;
    private readonly ImageLimits limits;
    private readonly Dictionary<string, uint> definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, string> texts = [];
    private long budget;

    /// <exception cref="ImageFormatException">The header is malformed, or a record leaves the stream.</exception>
    public PdbTypes(byte[] stream, string file, ImageLimits limits)
    {
        this.file = file;
        this.stream = stream;
        this.limits = limits;
        budget = limits.DebugRecords;
        if (stream.Length == 0)
        {
            offsets = [];
            return;
        }

        var cursor = new ByteCursor(stream, file, "the type stream");
        cursor.Skip(4);
        var headerBytes = cursor.U32();
        first = cursor.U32();
        var end = cursor.U32();
        var recordBytes = cursor.U32();
        if (first < 0x1000 || end < first || end - first > (uint)limits.DebugRecords || (long)headerBytes + recordBytes > stream.Length)
            throw cursor.Malformed($"has types 0x{first:x} to 0x{end:x} in 0x{recordBytes:x} bytes");

        // A record takes at least four bytes: a lying count must not reserve memory.
        offsets = new int[Math.Min(end - first, recordBytes / 4)];
        cursor.Seek(headerBytes);
        for (var index = 0; index < offsets.Length; index++)
        {
            offsets[index] = cursor.Position;
            var length = cursor.U16();
            cursor.Skip(length);
            if (Define((uint)index + first) is { IsForward: false, IsUnnamed: false } definition)
                definitions.TryAdd(definition.Name, (uint)index + first);
        }
    }

    /// <summary>Named structures and unions that are defined here; one whose members cannot be decoded is left out.</summary>
    public List<StructureLayout> ReadStructures()
    {
        var structures = new List<StructureLayout>();
        foreach (var (name, index) in definitions)
        {
            if (Define(index) is not { IsEnumeration: false, Size: >= 0 and <= int.MaxValue } definition)
                continue;
            var fields = new Dictionary<string, FieldLayout>(StringComparer.Ordinal);
            if (TryCollect(definition.Fields, 0, "", fields, 0))
                structures.Add(new StructureLayout(name, (int)definition.Size, file, fields.Values));
        }

        return structures;
    }

    /// <summary>Named enumerations that are defined here.</summary>
    public List<EnumerationLayout> ReadEnumerations()
    {
        var enumerations = new List<EnumerationLayout>();
        foreach (var (name, index) in definitions)
        {
            if (Define(index) is not { IsEnumeration: true } definition)
                continue;
            var constants = new Dictionary<string, long>(StringComparer.Ordinal);
            var isWhole = TryVisit(definition.Fields, 0, (leaf, _, value, constant) =>
            {
                if (leaf == TypeLeaf.Enumerate)
                    constants.TryAdd(constant, value);
                return constants.Count < MostFields;
            });
            if (isWhole)
                enumerations.Add(new EnumerationLayout(name, (int)SizeOf(index, 0), constants));
        }

        return enumerations;
    }

    private bool TryCollect(uint list, long offset, string prefix, Dictionary<string, FieldLayout> fields, int depth) =>
        TryVisit(list, 0, (leaf, type, at, name) =>
        {
            if (leaf != TypeLeaf.Member)
                return true;
            var place = offset + at;
            if (place is < 0 or > int.MaxValue || fields.Count >= MostFields || !FieldLayout.TryParse(TextOf(type, 0), prefix + name, (int)place, out var field))
                return false;
            fields.TryAdd(field.Name, field);
            return depth >= DepthLimit || Plain(type) is not { IsEnumeration: false, IsUnnamed: true, IsForward: false } inner
                || TryCollect(inner.Fields, place, prefix + name + ".", fields, depth + 1);
        });

    private delegate bool Visitor(ushort leaf, uint type, long value, string name);

    /// <summary>Goes through the members of a field list and its continuations.</summary>
    /// <returns>False when the visitor said so, or a member is of an unknown kind, behind which nothing can be found.</returns>
    private bool TryVisit(uint list, int depth, Visitor visit)
    {
        if (list == 0)
            return true;
        if (depth > DepthLimit || Record(list, out var kind) is not { Length: > 0 } bytes || kind != TypeLeaf.FieldList)
            return false;
        var cursor = new ByteCursor(bytes, file, "a field list");
        while (cursor.Remaining >= 2)
        {
            Spend();
            if (bytes[cursor.Position] >= 0xF0)
            {
                cursor.Skip(Math.Min(Math.Max(1, bytes[cursor.Position] & 0xF), cursor.Remaining));
                continue;
            }

            var leaf = cursor.U16();
            cursor.Skip(2);
            switch (leaf)
            {
                case TypeLeaf.Member:
                    {
                        var type = cursor.U32();
                        var offset = Numeric(ref cursor);
                        if (!visit(leaf, type, offset, cursor.CString(limits.NameBytes)))
                            return false;
                        break;
                    }
                case TypeLeaf.Enumerate:
                    {
                        var value = Numeric(ref cursor);
                        if (!visit(leaf, 0, value, cursor.CString(limits.NameBytes)))
                            return false;
                        break;
                    }
                case TypeLeaf.BaseClass:
                    cursor.Skip(4);
                    Numeric(ref cursor);
                    break;
                case TypeLeaf.VirtualBase or TypeLeaf.IndirectVirtualBase:
                    cursor.Skip(8);
                    Numeric(ref cursor);
                    Numeric(ref cursor);
                    break;
                case TypeLeaf.StaticMember or TypeLeaf.NestedType or TypeLeaf.Method:
                    cursor.Skip(4);
                    cursor.CStringBytes(limits.NameBytes);
                    break;
                case TypeLeaf.OneMethod:
                    {
                        const int Introducing = 4, PureIntroducing = 6;
                        cursor.Seek(cursor.Position - 2);
                        var property = (cursor.U16() >> 2) & 7;
                        cursor.Skip(property is Introducing or PureIntroducing ? 8 : 4);
                        cursor.CStringBytes(limits.NameBytes);
                        break;
                    }
                case TypeLeaf.VirtualTable:
                    cursor.Skip(4);
                    break;
                case TypeLeaf.Index:
                    if (!TryVisit(cursor.U32(), depth + 1, visit))
                        return false;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <summary>A type in the notation of the extracts.</summary>
    private string TextOf(uint type, int depth)
    {
        if (texts.TryGetValue(type, out var known))
            return known;
        var text = depth > DepthLimit ? "v0" : Describe(type, depth);
        // What was cut off by the depth is not the type's own text.
        if (depth == 0)
            texts[type] = text;
        return text;
    }

    private string Describe(uint type, int depth)
    {
        Spend();
        if (type < 0x1000)
            return PrimitiveText(type);
        var bytes = Record(type, out var leaf);
        var cursor = new ByteCursor(bytes, file, "a type record");
        switch (leaf)
        {
            case TypeLeaf.Modifier:
                return TextOf(cursor.U32(), depth + 1);
            case TypeLeaf.Pointer:
                var target = cursor.U32();
                return PointerBytes(cursor.U32()) == 4 ? "u4" : "*" + PointeeText(target, depth + 1);
            case TypeLeaf.BitField:
                var storage = TextOf(cursor.U32(), depth + 1);
                var length = cursor.U8();
                return string.Create(CultureInfo.InvariantCulture, $"{storage}:{cursor.U8()}.{length}");
            case TypeLeaf.Array:
                var element = cursor.U32();
                cursor.Skip(4);
                var size = Numeric(ref cursor);
                var each = SizeOf(element, depth + 1);
                var count = each > 0 ? Math.Clamp(size / each, 0, int.MaxValue) : 0;
                return string.Create(CultureInfo.InvariantCulture, $"[{count}]{TextOf(element, depth + 1)}");
            case TypeLeaf.Procedure or TypeLeaf.MemberFunction:
                return "v0";
            default:
                if (Define(type) is not { } definition)
                    return "v0";
                var bytesOf = Math.Clamp(SizeOf(type, depth + 1), 0, int.MaxValue);
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(definition.IsEnumeration ? "e:" : "")}{(definition.IsUnnamed ? "-" : definition.Name)}/{bytesOf:x}");
        }
    }

    private string PointeeText(uint type, int depth)
    {
        if (type < 0x1000)
            return PrimitiveText(type);
        var bytes = Record(type, out var leaf);
        if (leaf is TypeLeaf.Procedure or TypeLeaf.MemberFunction)
            return "fn";
        if (leaf == TypeLeaf.Modifier && depth <= DepthLimit)
            return PointeeText(new ByteCursor(bytes, file, "a type record").U32(), depth + 1);
        return Define(type) is { } definition ? definition.IsUnnamed ? "-" : definition.Name : TextOf(type, depth);
    }

    // Kind in the low byte, pointer mode in bits 8 to 10.
    private static string PrimitiveText(uint type)
    {
        var value = (type & 0xFF) switch
        {
            0x08 or 0x12 or 0x74 => (type & 0xFF) == 0x08 ? "u4" : "i4",
            0x10 or 0x70 or 0x68 => "i1",
            0x20 or 0x30 or 0x69 or 0x7C => "u1",
            0x11 or 0x72 or 0x71 => "i2",
            0x21 or 0x73 or 0x7A => "u2",
            0x22 or 0x75 or 0x7B => "u4",
            0x13 or 0x76 => "i8",
            0x23 or 0x77 => "u8",
            0x14 or 0x78 => "i16",
            0x24 or 0x79 => "u16",
            0x40 => "f4",
            0x41 => "f8",
            0x42 => "f10",
            _ => "v0",
        };
        return ((type >> 8) & 7) switch { 0 => value, 4 => "u4", _ => "*" + value };
    }

    private long SizeOf(uint type, int depth)
    {
        Spend();
        if (depth > DepthLimit)
            return 0;
        if (type < 0x1000)
        {
            var text = PrimitiveText(type);
            return text[0] == '*' ? 8 : long.Parse(text.AsSpan(1), CultureInfo.InvariantCulture);
        }

        var bytes = Record(type, out var leaf);
        var cursor = new ByteCursor(bytes, file, "a type record");
        switch (leaf)
        {
            case TypeLeaf.Modifier or TypeLeaf.BitField:
                return SizeOf(cursor.U32(), depth + 1);
            case TypeLeaf.Pointer:
                cursor.Skip(4);
                return PointerBytes(cursor.U32());
            case TypeLeaf.Array:
                cursor.Skip(8);
                return Numeric(ref cursor);
            case TypeLeaf.Enumeration:
                cursor.Skip(4);
                return SizeOf(cursor.U32(), depth + 1);
            default:
                if (Define(type) is not { } definition)
                    return 0;
                return !definition.IsForward ? definition.Size
                    : definitions.TryGetValue(definition.Name, out var whole) && whole != type ? SizeOf(whole, depth + 1)
                    : 0;
        }
    }

    private static int PointerBytes(uint attributes) => (int)((attributes >> 13) & 0x3F) is 4 ? 4 : 8;

    /// <summary>The structure that a type is, behind modifiers; null for anything else.</summary>
    private TypeDefinition? Plain(uint type)
    {
        for (var depth = 0; depth < DepthLimit; depth++)
        {
            if (type < 0x1000)
                return null;
            var bytes = Record(type, out var leaf);
            if (leaf != TypeLeaf.Modifier)
                return Define(type);
            type = new ByteCursor(bytes, file, "a type record").U32();
        }

        return null;
    }

    private TypeDefinition? Define(uint type)
    {
        var bytes = Record(type, out var leaf);
        if (leaf is not (TypeLeaf.Class or TypeLeaf.Structure or TypeLeaf.Interface or TypeLeaf.Union or TypeLeaf.Enumeration
            or TypeLeaf.NewerClass or TypeLeaf.NewerStructure))
            return null;
        var cursor = new ByteCursor(bytes, file, "a type record");
        uint properties, fields;
        long size = 0;
        if (leaf is TypeLeaf.NewerClass or TypeLeaf.NewerStructure)
        {
            properties = cursor.U32();
            fields = cursor.U32();
            cursor.Skip(8);
            Numeric(ref cursor);
            size = Numeric(ref cursor);
        }
        else
        {
            cursor.Skip(2);
            properties = cursor.U16();
            fields = cursor.U32();
            if (leaf == TypeLeaf.Enumeration)
            {
                // Here the underlying type stands first, the field list second.
                fields = cursor.U32();
            }
            else
            {
                cursor.Skip(leaf == TypeLeaf.Union ? 0 : 8);
                size = Numeric(ref cursor);
            }
        }

        return new TypeDefinition(leaf, properties, fields, size, cursor.CString(limits.NameBytes));
    }

    /// <summary>The data of a record behind its kind; empty when there is no such type.</summary>
    private ReadOnlySpan<byte> Record(uint type, out ushort leaf)
    {
        leaf = 0;
        var index = (long)type - first;
        if (index < 0 || index >= offsets.Length || offsets[index] == 0)
            return [];
        var at = offsets[index];
        var length = BinaryPrimitives.ReadUInt16LittleEndian(stream.AsSpan(at));
        if (length < 2 || at + 2 + length > stream.Length)
            return [];
        leaf = BinaryPrimitives.ReadUInt16LittleEndian(stream.AsSpan(at + 2));
        return stream.AsSpan(at + 4, length - 2);
    }

    private static long Numeric(ref ByteCursor cursor)
    {
        var code = cursor.U16();
        return code switch
        {
            < 0x8000 => code,
            0x8000 => (sbyte)cursor.U8(),
            0x8001 => (short)cursor.U16(),
            0x8002 => cursor.U16(),
            0x8003 => cursor.I32(),
            0x8004 => cursor.U32(),
            0x8009 or 0x800A => (long)cursor.U64(),
            _ => throw cursor.Malformed($"holds a number of the unknown kind 0x{code:x}"),
        };
    }

    private void Spend()
    {
        if (--budget < 0)
            throw new ImageFormatException(file, $"its types take more than {limits.DebugRecords} steps to read");
    }
}

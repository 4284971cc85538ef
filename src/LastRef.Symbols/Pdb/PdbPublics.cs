using System.Buffers.Binary;
using System.Numerics;

namespace LastRef.Symbols;

/// <summary>Public symbols by name, through the hash table of the PDB.</summary>
/// <remarks>Spec: dump-format 5.4 and 5.5. Names are compared exactly; the hash ignores case.</remarks>
internal sealed class PdbPublics
{
    private const int HashBuckets = 4096;
    private const int HeaderBytes = 28;
    private const uint HashSignature = 0xF12F_091A;

    private readonly string file;
    private readonly ImageLimits limits;
    private readonly byte[] records;
    private readonly byte[] hash;
    private readonly byte[] headers;
    private readonly (uint From, uint To)[] map;
    private readonly int hashRecords;
    private readonly int buckets;
    private Dictionary<string, (ushort Segment, uint Offset)>? byName;

    /// <exception cref="ImageFormatException">The hash table leaves its stream.</exception>
    public PdbPublics(PdbFile pdb)
    {
        file = pdb.Name;
        limits = pdb.Limits;
        records = pdb.ReadSymbolRecords();
        hash = pdb.ReadPublics();
        (headers, var addressMap) = pdb.ReadSections();
        map = new (uint, uint)[addressMap.Length / 8];
        for (var index = 0; index < map.Length; index++)
        {
            map[index] = (
                BinaryPrimitives.ReadUInt32LittleEndian(addressMap.AsSpan(8 * index)), BinaryPrimitives.ReadUInt32LittleEndian(addressMap.AsSpan((8 * index) + 4)));
        }

        if (hash.Length == 0)
            return;
        var cursor = new ByteCursor(hash, file, "the public symbols");
        cursor.Skip(HeaderBytes);
        if (cursor.U32() != uint.MaxValue || cursor.U32() != HashSignature)
            throw cursor.Malformed("have a hash table of an unknown version");
        var recordBytes = cursor.U32();
        var bucketBytes = cursor.U32();
        hashRecords = cursor.Position;
        cursor.Skip(recordBytes);
        buckets = cursor.Position;
        cursor.Skip(bucketBytes);
        HashRecordCount = (int)(recordBytes / 8);
        BucketBytes = (int)bucketBytes;
    }

    private int HashRecordCount { get; }

    private int BucketBytes { get; }

    /// <summary>The symbol's address; null when there is none of that name.</summary>
    public Rva? Find(string name)
    {
        if (FindByHash(name) is { } found)
            return found;

        // Without a table, or with one that has lost a name, all names are read once.
        byName ??= ReadAll();
        return byName.TryGetValue(name, out var place) ? ToRva(place.Segment, place.Offset) : null;
    }

    /// <summary>The same through the hash table alone.</summary>
    internal Rva? FindByHash(string name)
    {
        if (hash.Length == 0)
            return null;
        const int BitmapBytes = 4 * 129;
        if (BucketBytes < BitmapBytes)
            return null;
        var bucket = HashOf(name) % HashBuckets;
        var bitmap = hash.AsSpan(buckets, BitmapBytes);
        if ((BinaryPrimitives.ReadUInt32LittleEndian(bitmap[(4 * (int)(bucket / 32))..]) >> (int)(bucket % 32) & 1) == 0)
            return null;
        var before = 0;
        for (var word = 0; word < bucket / 32; word++)
            before += BitOperations.PopCount(BinaryPrimitives.ReadUInt32LittleEndian(bitmap[(4 * word)..]));
        before += BitOperations.PopCount(BinaryPrimitives.ReadUInt32LittleEndian(bitmap[(4 * (int)(bucket / 32))..]) & ((1u << (int)(bucket % 32)) - 1));
        var start = Start(before) ?? 0;
        var end = Math.Min(Start(before + 1) ?? HashRecordCount, HashRecordCount);
        for (var index = start; index < end; index++)
        {
            // The offset is one more than it says; 0 would be no symbol.
            var at = BinaryPrimitives.ReadInt32LittleEndian(hash.AsSpan(hashRecords + (8 * index))) - 1;
            if (TryReadAt(at, out var segment, out var offset, out var here) && here == name)
                return ToRva(segment, offset);
        }

        return null;

        // A bucket's start is kept as if its records had twelve bytes.
        int? Start(int number) => BitmapBytes + (4 * number) + 4 <= BucketBytes
            ? (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(hash.AsSpan(buckets + BitmapBytes + (4 * number))) / 12, int.MaxValue)
            : null;
    }

    /// <summary>The hash of a name (dump-format 5.5).</summary>
    internal static uint HashOf(string name)
    {
        Span<byte> bytes = System.Text.Encoding.UTF8.GetBytes(name);
        uint value = 0;
        for (; bytes.Length >= 4; bytes = bytes[4..])
            value ^= BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (bytes.Length >= 2)
        {
            value ^= BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length > 0)
            value ^= bytes[0];
        value |= 0x2020_2020;
        value ^= value >> 11;
        return value ^ (value >> 16);
    }

    private Dictionary<string, (ushort Segment, uint Offset)> ReadAll()
    {
        var all = new Dictionary<string, (ushort Segment, uint Offset)>(StringComparer.Ordinal);
        for (var at = 0; at + 4 <= records.Length; at += 2 + BinaryPrimitives.ReadUInt16LittleEndian(records.AsSpan(at)))
        {
            if (all.Count < limits.Functions && TryReadAt(at, out var segment, out var offset, out var name))
                all.TryAdd(name, (segment, offset));
        }

        return all;
    }

    private bool TryReadAt(int at, out ushort segment, out uint offset, out string name)
    {
        name = "";
        (segment, offset) = (0, 0);
        if (at < 0 || at + 4 > records.Length)
            return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(records.AsSpan(at));
        if (length < 12 || at + 2 + length > records.Length || BinaryPrimitives.ReadUInt16LittleEndian(records.AsSpan(at + 2)) != CodeViewKind.Public32)
            return false;
        var record = new ByteCursor(records.AsSpan(at + 8, length - 6), file, "a public symbol");
        offset = record.U32();
        segment = record.U16();
        name = record.CString(limits.NameBytes);
        return true;
    }

    private Rva? ToRva(ushort segment, uint offset)
    {
        const int HeaderSize = 40, VirtualAddress = 12;
        if (segment == 0 || segment * HeaderSize > headers.Length)
            return null;
        var rva = BinaryPrimitives.ReadUInt32LittleEndian(headers.AsSpan(((segment - 1) * HeaderSize) + VirtualAddress)) + (ulong)offset;
        if (rva > uint.MaxValue)
            return null;
        if (map.Length == 0)
            return new Rva((uint)rva);
        int low = 0, high = map.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (map[middle].From <= rva)
                low = middle + 1;
            else
                high = middle;
        }

        // Nothing before the first entry, and nothing behind one that was dropped.
        return low == 0 || map[low - 1].To == 0 ? null : new Rva((uint)(map[low - 1].To + (rva - map[low - 1].From)));
    }
}

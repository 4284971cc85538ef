using System.Buffers.Binary;
using LastRef.Nt;

namespace LastRef;

/// <summary>Reads a process's handle table: one to three levels, a page at a time.</summary>
/// <remarks>
/// Spec: U-1.26, U-1.27. Fact: dump-format, handle tables: the low two bits of TableCode are the level; a leaf page has 256
/// entries of 16 bytes, of which the first is reserved; the pages above have 512 pointers each.
/// </remarks>
internal sealed class HandleTableReader
{
    private const int PageBytes = 4096;
    private const int EntryBytes = 16;
    private const int EntriesPerPage = PageBytes / EntryBytes;
    private const int PointersPerPage = PageBytes / 8;
    private const int ObjectHeaderBytes = 0x30;

    private readonly Target _target;
    private readonly Action<string> _gap;
    private readonly bool _isPacked;
    private readonly int _position;
    private readonly int _length;
    private readonly FieldLayout _access;
    private readonly FieldLayout _batch;
    private readonly byte[] _page = new byte[PageBytes];

    public HandleTableReader(Target target, Action<string> gap)
    {
        _target = target;
        _gap = gap;
        var layout = target.Layout;
        _isPacked = layout.TryGetField("_HANDLE_TABLE_ENTRY", "ObjectPointerBits", out var bits);
        (_position, _length) = _isPacked ? (bits.BitPosition, bits.BitLength) : (0, 0);
        _ = layout.TryGetField("_HANDLE_TABLE_ENTRY", _isPacked ? "GrantedAccessBits" : "GrantedAccess", out _access);
        _ = layout.TryGetField("_HANDLE_TABLE_ENTRY", "RefCnt", out _batch);
        IsKnown = layout.TryGetField("_HANDLE_TABLE", "TableCode", out _);
    }

    /// <summary>False when the symbols do not tell how a table is built.</summary>
    public bool IsKnown { get; }

    /// <summary>Calls <paramref name="each"/> for every handle in use until it returns false.</summary>
    /// <returns>False when it was ended by <paramref name="each"/>.</returns>
    public bool Read(VirtualAddress table, string owner, HandleVisitor each)
    {
        if (!IsKnown || !TryPointer(new HandleTable(_target, table).TableCodeAddress, out var code))
        {
            _gap($"the handle table of {owner} at {table} is unreadable");
            return true;
        }

        var top = new VirtualAddress(code.Value & ~7UL);
        var levels = (int)(code.Value & 3);
        if (levels == 3)
        {
            _gap($"the handle table of {owner} has no valid level (TableCode {code})");
            return true;
        }

        var seen = new HashSet<VirtualAddress>();
        return ReadLevel(top, levels, 0, owner, seen, each);
    }

    private bool ReadLevel(VirtualAddress page, int level, uint firstLeaf, string owner, HashSet<VirtualAddress> seen, HandleVisitor each)
    {
        if (!page.IsKernel || !seen.Add(page))
        {
            _gap($"the handle table of {owner}: {(page.IsKernel ? "runs in a circle at" : "wild pointer")} {page}");
            return true;
        }

        if (level == 0)
            return ReadLeaf(page, firstLeaf, owner, each);
        var pointers = new byte[PageBytes];
        if (!_target.TryRead(page, pointers, out var failure))
        {
            _gap($"the handle table of {owner}: {page} is unreadable ({failure})");
            return true;
        }

        var leavesPerPointer = level == 2 ? (uint)PointersPerPage : 1;
        for (var i = 0; i < PointersPerPage; i++)
        {
            var next = new VirtualAddress(BinaryPrimitives.ReadUInt64LittleEndian(pointers.AsSpan(8 * i)));
            if (next.IsNull)
                break;
            if (!ReadLevel(next, level - 1, firstLeaf + ((uint)i * leavesPerPointer), owner, seen, each))
                return false;
        }

        return true;
    }

    private bool ReadLeaf(VirtualAddress page, uint leaf, string owner, HandleVisitor each)
    {
        if (!_target.TryRead(page, _page, out var failure))
        {
            _gap($"the handle table of {owner}: {page} is unreadable ({failure})");
            return true;
        }

        for (var i = 1; i < EntriesPerPage; i++)
        {
            var entry = _page.AsSpan(i * EntryBytes, EntryBytes);
            var low = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            if (low == 0 || HeaderOf(low) is not { IsKernel: true } header)
                continue;
            var value = 4 * ((uint)i + (EntriesPerPage * leaf));
            var batch = _batch.Size > 0 ? (uint?)Bits(entry, _batch) : null;
            if (!each(value, page + (i * EntryBytes), header + ObjectHeaderBytes, (uint)Bits(entry, _access), batch))
                return false;
        }

        return true;
    }

    /// <summary>The object header that an entry points to; null for a free entry.</summary>
    private VirtualAddress? HeaderOf(ulong low)
    {
        if (!_isPacked)
            return new VirtualAddress(low & ~7UL);

        // U-1.27: the pointer without its low four bits, sign-extended from the field's last bit.
        var mask = _length >= 64 ? ulong.MaxValue : (1UL << _length) - 1;
        var bits = (low >> _position) & mask;
        return bits == 0 ? null : new VirtualAddress((ulong)((long)(bits << (64 - _length)) >> (64 - _length)) << 4);
    }

    private static ulong Bits(ReadOnlySpan<byte> entry, FieldLayout field)
    {
        if (field.Size is 0 or > 8 || field.Offset + field.Size > entry.Length)
            return 0;
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        entry.Slice(field.Offset, field.Size).CopyTo(bytes);
        var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return field.BitLength is > 0 and < 64 ? (value >> field.BitPosition) & ((1UL << field.BitLength) - 1) : value;
    }

    private bool TryPointer(VirtualAddress address, out VirtualAddress value)
    {
        Span<byte> bytes = stackalloc byte[8];
        var isRead = _target.TryRead(address, bytes, out _);
        value = new VirtualAddress(isRead ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0);
        return isRead;
    }

    /// <summary>The process's image name: up to fifteen characters, as far as they are printable.</summary>
    public static string ImageNameOf(EProcess process)
    {
        var field = process.ImageFileName;
        Span<char> name = stackalloc char[15];
        var length = 0;
        while (length < name.Length && field[length] is var c and > 0x20 and < 0x7F)
            name[length++] = (char)c;
        return length == 0 ? "?" : name[..length].ToString();
    }
}

using System.Buffers.Binary;

namespace LastRef.Dumps;

/// <summary>Builds four-level page tables for a machine that has none of its own.</summary>
/// <remarks>Entry bits: dump-format 2. The top table maps itself, as Windows has it, so that readers find it in memory.</remarks>
internal sealed class PageTableBuilder
{
    private const ulong Present = 1, Writable = 2, User = 4, Accessed = 0x20, Dirty = 0x40, NoExecute = 1UL << 63;

    /// <summary>The slot of the self map up to Windows 10 1511; later versions choose it at random.</summary>
    private const int SelfMapSlot = 0x1ED;

    private readonly Dictionary<ulong, ulong[]> _tables = [];
    private readonly ulong _root;
    private readonly ulong _endOfRoom;
    private ulong _next;
    private ulong _overflow;

    /// <param name="root">Page number of the top table.</param>
    /// <param name="endOfRoom">Tables go to the pages from <paramref name="root"/> to here, then behind <paramref name="overflow"/>.</param>
    public PageTableBuilder(ulong root, ulong endOfRoom, ulong overflow)
    {
        _root = root;
        _next = root + 1;
        _endOfRoom = endOfRoom;
        _overflow = overflow;
        _tables.Add(root, new ulong[512]);
        _tables[root][SelfMapSlot] = (root << 12) | Present | Writable | Accessed | Dirty;
    }

    /// <summary>The tables by page number.</summary>
    public IReadOnlyDictionary<ulong, ulong[]> Tables => _tables;

    public void Add(MappedPage page)
    {
        var address = page.Address.Value;
        var user = page.Address.IsKernel ? 0 : User;
        var table = _tables[_root];
        for (var level = 4; level > 1; level--)
        {
            ref var entry = ref table[(address >> (12 + (9 * (level - 1)))) & 0x1FF];
            if (entry == 0)
            {
                var number = _next < _endOfRoom ? _next++ : _overflow++;
                _tables.Add(number, new ulong[512]);
                entry = (number << 12) | Present | Writable | user | Accessed | Dirty;
            }

            table = _tables[(entry & PageTables.FrameMask) >> 12];
        }

        table[(address >> 12) & 0x1FF] = (page.PhysicalPage << 12) | Present | (page.IsWritable ? Writable : 0) | user | Accessed
            | (page.IsWritable ? Dirty : 0) | (page.IsExecutable ? 0 : NoExecute);
    }

    public static void Write(ulong[] table, Span<byte> page)
    {
        for (var index = 0; index < table.Length; index++)
            BinaryPrimitives.WriteUInt64LittleEndian(page[(8 * index)..], table[index]);
    }
}

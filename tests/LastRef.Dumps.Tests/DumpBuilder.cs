using System.Buffers.Binary;
using System.Text;

namespace LastRef.Tests;

/// <summary>Makes small dumps of every type from the specification alone: a second writer beside the one under test.</summary>
internal sealed class DumpBuilder
{
    public const ulong Root = 0x1AD000;
    public const ulong ListHead = 0xFFFF_F800_0000_1000;
    private readonly SortedDictionary<ulong, byte[]> _pages = [];
    private ulong _nextTable = 0x200;

    public DumpBuilder(int levels = 4)
    {
        Levels = levels;
        Page(Root >> 12);

        // A module list of one entry, so that readers can tell the number of levels.
        Map(ListHead, 0x300);
        Map(ListHead + 0x1000, 0x301);
        U64(0x300, 0, ListHead + 0x1000);
        U64(0x300, 8, ListHead + 0x1000);
        U64(0x301, 0, ListHead);
        U64(0x301, 8, ListHead);
        U64(0x301, 0x30, 0xFFFF_F800_1000_0000);
    }

    public int Levels { get; }

    public uint Machine { get; set; } = 0x8664;

    public uint Build { get; set; } = 19041;

    public byte[] Page(ulong number)
    {
        if (!_pages.TryGetValue(number, out var page))
            _pages.Add(number, page = new byte[4096]);
        return page;
    }

    public void U64(ulong page, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Page(page).AsSpan(offset), value);

    /// <summary>Fills a page with a recognisable pattern.</summary>
    public void Fill(ulong page) => Page(page).AsSpan().Fill((byte)page);

    public void Map(ulong address, ulong page) => Entry(address, 1, (page << 12) | 0x63);

    /// <summary>Writes the entry of a level: 1 page table, 2 directory (2 MB pages), 3 pointer table (1 GB pages).</summary>
    public void Entry(ulong address, int level, ulong value)
    {
        var table = Root >> 12;
        for (var at = Levels; at > level; at--)
        {
            var offset = (int)((address >> (12 + (9 * (at - 1)))) & 0x1FF) * 8;
            var entry = BinaryPrimitives.ReadUInt64LittleEndian(Page(table).AsSpan(offset));
            if (entry == 0)
            {
                Page(_nextTable);
                entry = (_nextTable++ << 12) | 0x63;
                U64(table, offset, entry);
            }

            table = entry >> 12 & 0xFFFFFFFFF;
        }

        U64(table, (int)((address >> (12 + (9 * (level - 1)))) & 0x1FF) * 8, value);
    }

    public byte[] Full()
    {
        var runs = Runs();
        return File(1, header =>
        {
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(0x88), runs.Count);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0x90), _pages.Count);
            for (var index = 0; index < runs.Count; index++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(0x98 + (16 * index)), runs[index].First);
                BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(0xA0 + (16 * index)), runs[index].Count);
            }
        }, [], _pages.Values);
    }

    /// <param name="swapped">The order of the two counts that one tool writes.</param>
    public byte[] Bitmap(uint type, string mark, bool swapped = false)
    {
        var bits = _pages.Keys.Max() + 3;
        var bitmap = new byte[(bits + 7) / 8];
        foreach (var page in _pages.Keys)
            bitmap[page >> 3] |= (byte)(1 << (int)(page & 7));

        // Bits past the count mean nothing.
        bitmap[^1] |= (byte)(0xFF << (int)(bits & 7));
        var head = new byte[0x38];
        Encoding.ASCII.GetBytes(mark + "DUMP", head);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(0x20), 0x2038 + bitmap.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(swapped ? 0x30 : 0x28), (ulong)_pages.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(swapped ? 0x28 : 0x30), bits);
        return File(type, _ => { }, [.. head, .. bitmap], _pages.Values);
    }

    /// <summary>The summary dump of Windows 7.</summary>
    public byte[] Summary()
    {
        var bits = (uint)_pages.Keys.Max() + 1;
        var bitmap = new byte[(bits + 7) / 8];
        foreach (var page in _pages.Keys)
            bitmap[page >> 3] |= (byte)(1 << (int)(page & 7));
        var head = new byte[0x28];
        "SDMPDUMP"u8.CopyTo(head);
        var size = (0x2028 + bitmap.Length + 0xFFF) & ~0xFFF;
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(0xC), size);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(0x10), bits);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(0x14), _pages.Count);
        return File(2, _ => { }, [.. head, .. bitmap, .. new byte[size - 0x2028 - bitmap.Length]], _pages.Values);
    }

    public byte[] Ranges(uint type)
    {
        // Record order is the file's; it need not be ascending. Types 8 and 9 end at a record of page 0.
        var runs = Runs();
        runs.Reverse();
        var records = runs.Count + (type == 10 ? 0 : 1);
        var metadata = 0x20 + Math.Max(0, (16 * records) - 0x10);
        var firstPage = 0x2040 + metadata - 0x20;
        var head = new byte[firstPage - 0x2000];
        BinaryPrimitives.WriteInt32LittleEndian(head, 0x40);
        "RDMPDUMP"u8.CopyTo(head.AsSpan(4));
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(0x10), metadata);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(0x18), firstPage);
        if (type == 10)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(0x20), runs.Count);
            BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(0x28), _pages.Count);
        }

        for (var index = 0; index < runs.Count; index++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(0x30 + (16 * index)), runs[index].First);
            BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(0x38 + (16 * index)), runs[index].Count);
        }

        return File(type, _ => { }, head, runs.SelectMany(run => _pages.Where(p => p.Key >= run.First && p.Key < run.First + run.Count).Select(p => p.Value)));
    }

    /// <summary>Physical memory from 0 on, without a header.</summary>
    public byte[] Raw()
    {
        var memory = new byte[Math.Max(1 << 20, (int)(_pages.Keys.Max() + 1) * 4096)];
        foreach (var (number, page) in _pages)
            page.CopyTo(memory, (int)number * 4096);
        return memory;
    }

    public byte[] Header(uint type)
    {
        var header = new byte[0x2000];
        for (var offset = 0; offset < header.Length; offset += 4)
            "PAGE"u8.CopyTo(header.AsSpan(offset));
        "PAGEDU64"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0x8), 15);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0xC), Build);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(0x10), Root | 2);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(0x20), ListHead);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0x30), Machine);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0x38), 0x1000007E);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0xF98), type);
        return header;
    }

    private byte[] File(uint type, Action<byte[]> complete, byte[] description, IEnumerable<byte[]> pages)
    {
        var header = Header(type);
        complete(header);
        return [.. header, .. description, .. pages.SelectMany(page => page)];
    }

    private List<(ulong First, ulong Count)> Runs()
    {
        var runs = new List<(ulong First, ulong Count)>();
        foreach (var page in _pages.Keys)
        {
            if (runs.Count > 0 && runs[^1].First + runs[^1].Count == page)
                runs[^1] = (runs[^1].First, runs[^1].Count + 1);
            else
                runs.Add((page, 1));
        }

        return runs;
    }
}

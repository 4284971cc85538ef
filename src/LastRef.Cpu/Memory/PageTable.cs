using System.Runtime.InteropServices;

namespace LastRef.Cpu;

/// <summary>Hash table from page address to <see cref="PageEntry"/>: native, open addressing, removal without tombstones.</summary>
internal sealed unsafe class PageTable : IDisposable
{
    private PageEntry* _slots;
    private int _shift = 64 - 10;

    public PageTable() => _slots = Allocate(1 << 10);

    public int Count { get; private set; }

    private int Capacity => 1 << (64 - _shift);

    public PageEntry* Find(ulong page)
    {
        ulong key = page | 1;
        int mask = Capacity - 1;
        for (int i = Home(key); ; i = (i + 1) & mask)
        {
            PageEntry* slot = _slots + i;
            if (slot->Key == key)
                return slot;
            if (slot->Key == 0)
                return null;
        }
    }

    /// <summary>Adds an entry for a page that has none. Pointers from <see cref="Find"/> become invalid.</summary>
    public void Add(ulong page, uint frame, PageAccess access, ushort device)
    {
        if (Count * 2 >= Capacity)
            Grow();
        Insert(new PageEntry { Key = page | 1, Frame = frame, Access = access, Device = device });
        Count++;
    }

    public void Remove(PageEntry* entry)
    {
        int mask = Capacity - 1;
        int hole = (int)(entry - _slots);
        for (int i = (hole + 1) & mask; _slots[i].Key != 0; i = (i + 1) & mask)
        {
            // An entry may fill the hole only if its home is not between the hole and itself.
            if (((i - Home(_slots[i].Key)) & mask) < ((i - hole) & mask))
                continue;
            _slots[hole] = _slots[i];
            hole = i;
        }

        _slots[hole] = default;
        Count--;
    }

    public ulong[] SortedPages()
    {
        var pages = new ulong[Count];
        int n = 0;
        for (int i = 0; i < Capacity; i++)
        {
            if (_slots[i].Key != 0)
                pages[n++] = _slots[i].Key & ~1ul;
        }

        Array.Sort(pages);
        return pages;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_slots);
        _slots = null;
    }

    private int Home(ulong key) => (int)((key >> 12) * 0x9E3779B97F4A7C15 >> _shift);

    private void Insert(PageEntry entry)
    {
        int mask = Capacity - 1;
        int i = Home(entry.Key);
        while (_slots[i].Key != 0)
            i = (i + 1) & mask;
        _slots[i] = entry;
    }

    private void Grow()
    {
        PageEntry* old = _slots;
        int oldCapacity = Capacity;
        _shift--;
        _slots = Allocate(Capacity);
        for (int i = 0; i < oldCapacity; i++)
        {
            if (old[i].Key != 0)
                Insert(old[i]);
        }

        NativeMemory.AlignedFree(old);
    }

    private static PageEntry* Allocate(int capacity)
    {
        nuint bytes = (nuint)capacity * (nuint)sizeof(PageEntry);
        var slots = (PageEntry*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(slots, bytes);
        return slots;
    }
}

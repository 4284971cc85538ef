using System.Buffers.Binary;

namespace LastRef.Dumps;

/// <summary>Translates virtual addresses through the page tables in a dump.</summary>
/// <remarks>Spec: dump-format 2. Every translation takes at most five table reads and one of a prototype entry, whatever the tables hold.</remarks>
internal sealed class PageTables
{
    public const ulong FrameMask = 0x000F_FFFF_FFFF_F000;
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong LargePage = 0x80;
    private const ulong Prototype = 0x400;
    private const ulong Transition = 0x800;
    private const ulong SwizzleBit = 0x10;
    private const ulong NoExecute = 1UL << 63;
    private const ulong TypicalInvalidPteMask = 0x0000_2000_0000_0000;
    private const int CacheEntries = 8192;

    private readonly IPhysicalMemory _memory;
    private readonly ulong[] _cachedPages = new ulong[CacheEntries];
    private readonly ulong[] _cachedFrames = new ulong[CacheEntries];

    public PageTables(IPhysicalMemory memory, ulong directoryTableBase, int levels)
    {
        _memory = memory;
        Root = directoryTableBase & FrameMask;
        Levels = levels;
    }

    public ulong Root { get; }

    /// <summary>4, or 5 with LA57.</summary>
    public int Levels { get; }

    /// <summary>Bits that Windows mixes into the frame of invalid entries (L1TF); 0 when not known.</summary>
    public ulong InvalidPteMask { get; set; }

    private int AddressBits => Levels == 5 ? 57 : 48;

    public bool IsCanonical(VirtualAddress address)
    {
        var shift = 64 - AddressBits;
        return (ulong)((long)(address.Value << shift) >> shift) == address.Value;
    }

    /// <summary>The physical address behind a virtual one.</summary>
    public bool TryTranslate(VirtualAddress address, out PhysicalAddress physical, out ReadFailure failure)
    {
        var page = address.Value >> 12;
        var slot = (int)(page % CacheEntries);
        if (_cachedPages[slot] == page + 1)
        {
            physical = new PhysicalAddress(_cachedFrames[slot] | (address.Value & 0xFFF));
            failure = ReadFailure.None;
            return true;
        }

        physical = default;
        if (!IsCanonical(address))
        {
            failure = ReadFailure.NotMapped;
            return false;
        }

        failure = Walk(address, mayFollowPrototype: true, out var value);
        if (failure != ReadFailure.None)
            return false;
        _cachedPages[slot] = page + 1;
        _cachedFrames[slot] = value & ~0xFFFUL;
        physical = new PhysicalAddress(value);
        return true;
    }

    private ReadFailure Walk(VirtualAddress address, bool mayFollowPrototype, out ulong physical)
    {
        physical = 0;
        var table = Root;
        Span<byte> bytes = stackalloc byte[8];
        for (var level = Levels; level >= 1; level--)
        {
            var shift = 12 + (9 * (level - 1));
            if (!_memory.TryRead(new PhysicalAddress(table + (8 * ((address.Value >> shift) & 0x1FF))), bytes, out _))
                return ReadFailure.NotInDump;
            var entry = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            if ((entry & Present) == 0)
            {
                var failure = Software(entry, isLeaf: level == 1, address, mayFollowPrototype, out var frame);
                if (failure != ReadFailure.None)
                    return failure;
                entry = frame | Present;
            }
            else if ((entry & LargePage) != 0 && level is 2 or 3)
            {
                var offsetMask = (1UL << shift) - 1;
                physical = (entry & FrameMask & ~offsetMask) | (address.Value & offsetMask);
                return ReadFailure.None;
            }
            else if ((entry & LargePage) != 0 && level > 3)
            {
                // Bit 7 is reserved there: no processor would go on.
                return ReadFailure.NotMapped;
            }

            table = entry & FrameMask;
        }

        physical = table | (address.Value & 0xFFF);
        return ReadFailure.None;
    }

    /// <summary>What an entry without the present bit says.</summary>
    private ReadFailure Software(ulong entry, bool isLeaf, VirtualAddress address, bool mayFollowPrototype, out ulong frame)
    {
        frame = 0;
        if (entry == 0)
            return ReadFailure.NotMapped;
        if ((entry & Prototype) != 0)
        {
            if (!isLeaf || !mayFollowPrototype)
                return ReadFailure.PagedOut;
            var prototype = new VirtualAddress((ulong)((long)entry >> 16));
            // "Look in the VAD" (user space only): nothing in the tables says where the page is.
            return (entry >> 16) == 0xFFFF_FFFF_0000 ? ReadFailure.NotPresent : ThroughPrototype(prototype, address, out frame);
        }

        if ((entry & Transition) != 0)
        {
            frame = Unswizzle(entry) & FrameMask;
            return ReadFailure.None;
        }

        return entry >> 32 != 0 ? ReadFailure.PagedOut : ReadFailure.NotPresent;
    }

    private ReadFailure ThroughPrototype(VirtualAddress prototype, VirtualAddress address, out ulong frame)
    {
        frame = 0;
        if (!IsCanonical(prototype) || !prototype.IsKernel || (prototype.Value & 7) != 0)
            return ReadFailure.NotMapped;
        var failure = Walk(prototype, mayFollowPrototype: false, out var physical);
        if (failure != ReadFailure.None)
            return failure;
        Span<byte> bytes = stackalloc byte[8];
        if (!_memory.TryRead(new PhysicalAddress(physical), bytes, out failure))
            return failure;
        var entry = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if ((entry & Present) == 0)
            return Software(entry, isLeaf: true, address, mayFollowPrototype: false, out frame);
        frame = entry & FrameMask;
        return ReadFailure.None;
    }

    /// <summary>Takes the L1TF bits out of an invalid entry (spec: dump-format 2, unswizzling).</summary>
    private ulong Unswizzle(ulong entry)
    {
        if ((entry & SwizzleBit) != 0)
            return entry;
        if (InvalidPteMask != 0)
            return entry & ~InvalidPteMask;
        var plain = entry & ~TypicalInvalidPteMask;
        return (entry & FrameMask) >> 12 >= _memory.PageLimit && (plain & FrameMask) >> 12 < _memory.PageLimit ? plain : entry;
    }

    /// <summary>All mapped pages between two addresses, ascending, without the tables' own map.</summary>
    public IEnumerable<MappedRange> Ranges(VirtualAddress first, VirtualAddress last, Action<string>? cutOff)
    {
        // Honest tables are pages of the dump, each in one place; hostile ones may lead to each other without end.
        var budget = _memory.PageCount + 64;
        var open = default(MappedRange);
        foreach (var next in Tables(Root, Levels, 0, isWritable: true, isExecutable: true))
        {
            if (budget < 0)
            {
                cutOff?.Invoke($"the page tables lead to each other: the walk ended at {next.Address}");
                break;
            }

            if (open.Bytes > 0 && open.Address + open.Bytes == next.Address && open.Physical.Value + open.Bytes == next.Physical.Value
                && open.IsWritable == next.IsWritable && open.IsExecutable == next.IsExecutable)
            {
                open = open with { Bytes = open.Bytes + next.Bytes };
                continue;
            }

            if (open.Bytes > 0)
                yield return open;
            open = next;
        }

        if (open.Bytes > 0)
            yield return open;

        IEnumerable<MappedRange> Tables(ulong table, int level, ulong prefix, bool isWritable, bool isExecutable)
        {
            var shift = 12 + (9 * (level - 1));
            var bytes = new byte[4096];
            if (budget-- < 0 || !_memory.TryRead(new PhysicalAddress(table), bytes, out _))
                yield break;
            for (var index = 0; index < 512; index++)
            {
                var address = Extend(prefix | ((ulong)index << shift));
                if (address + ((1UL << shift) - 1) < first.Value || address > last.Value)
                    continue;
                var entry = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8 * index));
                if (entry == 0)
                    continue;
                var isPresent = (entry & Present) != 0;
                var writable = isWritable && (!isPresent || (entry & Writable) != 0);
                var executable = isExecutable && (!isPresent || (entry & NoExecute) == 0);
                if (!isPresent)
                {
                    if (Software(entry, level == 1, new VirtualAddress(address), mayFollowPrototype: true, out var frame) != ReadFailure.None)
                        continue;
                    entry = frame | Present;
                }

                var large = isPresent && (entry & LargePage) != 0 && level is 2 or 3;
                if (level == 1 || large)
                {
                    var size = 1UL << shift;
                    yield return new MappedRange(
                        new VirtualAddress(address), size, new PhysicalAddress(entry & FrameMask & ~(size - 1)), writable, executable);
                }
                else if ((entry & FrameMask) != Root && ((entry & LargePage) == 0 || !isPresent))
                {
                    foreach (var inner in Tables(entry & FrameMask, level - 1, prefix | ((ulong)index << shift), writable, executable))
                        yield return inner;
                }

                if (budget < 0)
                {
                    // One range more carries the word to the caller that the walk ended here.
                    yield return new MappedRange(new VirtualAddress(address), 0, default, false, false);
                    yield break;
                }
            }
        }

        ulong Extend(ulong address)
        {
            var unused = 64 - AddressBits;
            return (ulong)((long)(address << unused) >> unused);
        }
    }
}

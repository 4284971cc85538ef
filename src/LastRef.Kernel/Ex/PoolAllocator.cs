using System.Buffers.Binary;
using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>Pool in target memory: blocks behind a POOL_HEADER with their tag, whole pages for large ones.</summary>
/// <remarks>
/// A freed block is filled with a pattern and stays out of use until the quarantine is full, so that a use after free
/// reads the pattern and not somebody else's data. Fact: POOL_HEADER is 16 bytes on x64, BlockSize in units of 16 at byte
/// 2, PoolType at byte 3, PoolTag at byte 4 (dump-format, pool scan).
/// </remarks>
internal sealed class PoolAllocator(NtKernel kernel, VirtualAddress start, bool paged)
{
    private const int HeaderBytes = 16;
    private const int LargestSmallBlock = 4096 - HeaderBytes;
    private const ulong RegionBytes = 0x0000_0080_0000_0000;
    private const int QuarantineBytes = 4 << 20;

    /// <summary>What freed pool reads as; chosen so that a pointer loaded from it is not canonical.</summary>
    private const byte FreedPattern = 0x6B;

    private readonly Dictionary<VirtualAddress, PoolBlock> _blocks = [];
    private readonly Dictionary<int, Stack<VirtualAddress>> _free = [];
    private readonly Queue<(VirtualAddress Address, int SlotBytes)> _quarantine = new();
    private readonly HashSet<VirtualAddress> _freed = [];
    private ulong _pagesTaken;
    private VirtualAddress _cursor;
    private int _cursorBytes;
    private int _quarantined;

    public VirtualAddress Start => start;

    /// <summary>Blocks that are allocated, in no order.</summary>
    public IEnumerable<PoolBlock> Blocks => _blocks.Values;

    public bool Contains(VirtualAddress address) => address >= start && address < start + RegionBytes;

    public PoolBlock? Find(VirtualAddress address) => _blocks.GetValueOrDefault(address);

    /// <summary>Whether a block started here that was freed and whose memory has not been given out again.</summary>
    public bool WasFreed(VirtualAddress address) => _freed.Contains(address);

    /// <summary>Whether the address lies where pool was given out once, so that what is missing there was freed.</summary>
    public bool WasFreedAround(VirtualAddress address) => address < start + _pagesTaken;

    /// <summary>Allocates zeroed memory.</summary>
    /// <remarks>
    /// Blocks below a page are 16-byte aligned, larger ones page aligned (Doc: ExAllocatePoolWithTag). Windows leaves
    /// old data in a block; the lab gives zeros so that runs repeat, except where a caller asks for a pattern.
    /// </remarks>
    public VirtualAddress Allocate(ulong byteCount, uint tag, CallSite? site)
    {
        var address = byteCount <= LargestSmallBlock ? AllocateSmall((int)byteCount, tag) : AllocatePages(byteCount);
        _blocks.Add(address, new PoolBlock(address, byteCount, tag, paged, site));
        _freed.Remove(address);
        return address;
    }

    /// <summary>Frees a block.</summary>
    /// <returns>The block; null when no allocated block starts at the address.</returns>
    public PoolBlock? Free(VirtualAddress address)
    {
        if (!_blocks.Remove(address, out var block))
            return null;
        kernel.Ke.CheckFreedMemory(address, block.ByteCount);
        _freed.Add(address);
        if (block.ByteCount > LargestSmallBlock)
        {
            kernel.Guest.Unmap(address.Value, RoundToPages(block.ByteCount));
            return block;
        }

        var slot = SlotBytes((int)block.ByteCount);
        Fill(address, slot - HeaderBytes);
        _quarantine.Enqueue((address, slot));
        _quarantined += slot;
        while (_quarantined > QuarantineBytes)
        {
            var (released, bytes) = _quarantine.Dequeue();
            _quarantined -= bytes;
            FreeList(bytes).Push(released);
        }

        return block;
    }

    private static ulong RoundToPages(ulong byteCount) => (byteCount + 0xFFF) & ~0xFFFUL;

    private static int SlotBytes(int byteCount)
    {
        var bytes = HeaderBytes + Math.Max(16, (byteCount + 15) & ~15);
        return bytes <= 1024 ? bytes : (bytes + 255) & ~255;
    }

    private Stack<VirtualAddress> FreeList(int slotBytes)
    {
        if (!_free.TryGetValue(slotBytes, out var list))
            _free[slotBytes] = list = new Stack<VirtualAddress>();
        return list;
    }

    private VirtualAddress AllocateSmall(int byteCount, uint tag)
    {
        var slot = SlotBytes(byteCount);
        if (!FreeList(slot).TryPop(out var address))
        {
            if (_cursorBytes < slot)
            {
                _cursor = TakePages(16 * 4096);
                _cursorBytes = 16 * 4096;
            }

            // A block never crosses a page, as in Windows, so that page-aligned buffers of drivers behave alike.
            var toPageEnd = 4096 - (int)(_cursor.Value & 0xFFF);
            if (toPageEnd < slot)
            {
                _cursor += toPageEnd;
                _cursorBytes -= toPageEnd;
                return AllocateSmall(byteCount, tag);
            }

            address = _cursor + HeaderBytes;
            _cursor += slot;
            _cursorBytes -= slot;
        }

        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        header[2] = (byte)(slot / 16);
        header[3] = (byte)(paged ? 3 : 2);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], tag);
        kernel.Memory.Write(address - HeaderBytes, header);
        kernel.Memory.Clear(address, slot - HeaderBytes);
        return address;
    }

    private VirtualAddress AllocatePages(ulong byteCount) => TakePages(RoundToPages(byteCount));

    private VirtualAddress TakePages(ulong byteCount)
    {
        // One unmapped page after each run of pages catches a write past its end.
        var address = start + _pagesTaken;
        // NonPagedPool is executable, paged pool is not (Doc: "NX and execute pool types", WDK).
        kernel.Guest.Map(address.Value, byteCount, PageAccess.Read | PageAccess.Write | (paged ? PageAccess.None : PageAccess.Execute));
        _pagesTaken += byteCount + 4096;
        return address;
    }

    private void Fill(VirtualAddress address, int byteCount)
    {
        Span<byte> pattern = stackalloc byte[256];
        pattern.Fill(FreedPattern);
        for (var offset = 0; offset < byteCount; offset += pattern.Length)
            kernel.Memory.Write(address + offset, pattern[..Math.Min(pattern.Length, byteCount - offset)]);
    }
}

using System.Runtime.InteropServices;

namespace LastRef.Cpu;

/// <summary>Decoded blocks by address, the memory they live in, and which frames their bytes came from.</summary>
/// <remarks>
/// An invalid block keeps its memory until <see cref="Clear"/> takes effect, because it may be executing: every micro-op becomes
/// <see cref="Op.Resync"/>, which looks the next instruction up anew. So links to it need no search.
/// </remarks>
internal sealed unsafe class BlockCache : ICodeCache, IDisposable
{
    public const int JumpCacheEntries = 4096;
    private const int ChunkBytes = 1 << 18;
    private const long LimitBytes = 64L << 20;

    private readonly List<nint> _chunks = [];
    private readonly Dictionary<uint, nint> _chains = [];
    private byte* _next;
    private byte* _end;
    private long _bytes;
    private bool _clearPending;
    private Block** _table;
    private int _tableCapacity = 1 << 12;
    private int _count;

    public BlockCache()
    {
        JumpCache = (Block**)NativeMemory.AllocZeroed(JumpCacheEntries, (nuint)sizeof(Block*));
        _table = (Block**)NativeMemory.AllocZeroed((nuint)_tableCapacity, (nuint)sizeof(Block*));
    }

    /// <summary>Direct-mapped cache for indirect jumps; an entry may be null.</summary>
    public Block** JumpCache { get; }

    /// <summary>Changes when all blocks are freed: pointers into older ones are invalid.</summary>
    public int Generation { get; private set; }

    public static int JumpIndex(ulong rip) => (int)(rip ^ (rip >> 12)) & (JumpCacheEntries - 1);

    /// <summary>The valid block that starts at an address, or null.</summary>
    public Block* Find(ulong rip)
    {
        if (_clearPending)
            ClearNow();
        for (int i = Home(rip); _table[i] != null; i = (i + 1) & (_tableCapacity - 1))
        {
            if (_table[i]->Rip == rip && !_table[i]->IsDead)
                return _table[i];
        }

        return null;
    }

    /// <summary>Space for a block; committed by <see cref="Add"/>, otherwise given back by the next call.</summary>
    public byte* Reserve(int bytes)
    {
        if (_bytes > LimitBytes)
            ClearNow();
        if (_end - _next < bytes)
        {
            int size = Math.Max(ChunkBytes, bytes);
            _next = (byte*)NativeMemory.AlignedAlloc((nuint)size, 64);
            _end = _next + size;
            _chunks.Add((nint)_next);
            _bytes += size;
        }

        return _next;
    }

    /// <summary>Commits the block in the space reserved last.</summary>
    public void Add(Block* block, int bytes)
    {
        _next += (bytes + 31) & ~31;
        if (_count * 2 >= _tableCapacity)
            Grow();
        int i = Home(block->Rip);
        while (_table[i] != null && !_table[i]->IsDead)
            i = (i + 1) & (_tableCapacity - 1);
        if (_table[i] == null)
            _count++;
        _table[i] = block;
        block->Next0 = Chain(block, block->Frame0);
        block->Next1 = Chain(block, block->Frame1);
    }

    public void Invalidate(uint frame)
    {
        if (!_chains.Remove(frame, out nint head))
            return;
        KillChain(frame, head);
        new Span<nint>(JumpCache, JumpCacheEntries).Clear();
    }

    /// <summary>Forgets every block, at the latest before the next one is looked up.</summary>
    public void Clear()
    {
        foreach ((uint frame, nint head) in _chains)
            KillChain(frame, head);

        _clearPending = true;
        new Span<nint>(JumpCache, JumpCacheEntries).Clear();
    }

    public void Dispose()
    {
        FreeChunks();
        NativeMemory.Free(JumpCache);
        NativeMemory.Free(_table);
        _table = null;
    }

    private static void KillChain(uint frame, nint head)
    {
        for (var block = (Block*)head; block != null; block = block->Frame0 == frame ? block->Next0 : block->Next1)
            Kill(block);
    }

    private static void Kill(Block* block)
    {
        block->IsDead = true;
        MicroOp* first = Block.First(block);
        for (int i = 0; i < block->MicroOps; i++)
            first[i].Op = Op.Resync;
    }

    private Block* Chain(Block* block, uint frame)
    {
        if (frame == Block.NoFrame)
            return null;
        _chains.TryGetValue(frame, out nint head);
        _chains[frame] = (nint)block;
        return (Block*)head;
    }

    private void ClearNow()
    {
        FreeChunks();
        _clearPending = false;
        _count = 0;
        _chains.Clear();
        new Span<nint>(_table, _tableCapacity).Clear();
        new Span<nint>(JumpCache, JumpCacheEntries).Clear();
        Generation++;
    }

    private void FreeChunks()
    {
        foreach (nint chunk in _chunks)
            NativeMemory.AlignedFree((void*)chunk);
        _chunks.Clear();
        _next = _end = null;
        _bytes = 0;
    }

    private int Home(ulong rip) => (int)((rip * 0x9E3779B97F4A7C15) >> 32) & (_tableCapacity - 1);

    private void Grow()
    {
        Block** old = _table;
        int oldCapacity = _tableCapacity;
        _tableCapacity *= 2;
        _table = (Block**)NativeMemory.AllocZeroed((nuint)_tableCapacity, (nuint)sizeof(Block*));
        _count = 0;
        for (int i = 0; i < oldCapacity; i++)
        {
            if (old[i] == null || old[i]->IsDead)
                continue;
            int home = Home(old[i]->Rip);
            while (_table[home] != null)
                home = (home + 1) & (_tableCapacity - 1);
            _table[home] = old[i];
            _count++;
        }

        NativeMemory.Free(old);
    }
}

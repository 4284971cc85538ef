using System.Runtime.InteropServices;

namespace LastRef.Cpu;

/// <summary>Frame numbers and the 4 KiB buffers behind them. Numbers are handed out lowest first, so runs repeat.</summary>
internal sealed unsafe class FrameStore : IDisposable
{
    private const int BuffersPerChunk = 64;

    private readonly List<nint> _chunks = [];
    private byte** _free;
    private int _freeCount;
    private int _freeCapacity = 256;
    private ulong[] _used = new ulong[64];
    private int _firstGap;
    private Frame* _frames;
    private int _frameCapacity = 1024;

    public FrameStore()
    {
        _free = (byte**)NativeMemory.Alloc((nuint)_freeCapacity, (nuint)sizeof(byte*));
        _frames = (Frame*)NativeMemory.AllocZeroed((nuint)_frameCapacity, (nuint)sizeof(Frame));
        ZeroPage = (byte*)NativeMemory.AlignedAlloc(GuestMemory.PageSize, GuestMemory.PageSize);
        NativeMemory.Clear(ZeroPage, GuestMemory.PageSize);
    }

    /// <summary>Contents of every frame that was never written; belongs to epoch 0, which is never current.</summary>
    public byte* ZeroPage { get; private set; }

    public long InUse { get; private set; }

    public Frame* this[uint number] => _frames + number;

    public bool Exists(ulong number) => number < (ulong)_frameCapacity && _frames[number].References > 0;

    /// <summary>Takes a run of consecutive frame numbers with zeroed contents and one reference each.</summary>
    public uint Take(int count)
    {
        uint first = FindRun(count);
        EnsureFrames(first + (uint)count);
        for (uint i = first; i < first + (uint)count; i++)
        {
            _used[i >> 6] |= 1ul << (int)(i & 63);
            _frames[i] = new Frame { Data = ZeroPage, References = 1 };
        }

        InUse += count;
        return first;
    }

    public void Release(uint number)
    {
        Frame* frame = _frames + number;
        if (--frame->References > 0)
            return;
        FreeBuffer(frame->Data);
        *frame = default;
        _used[number >> 6] &= ~(1ul << (int)(number & 63));
        _firstGap = Math.Min(_firstGap, (int)(number >> 6));
        InUse--;
    }

    /// <summary>A buffer with arbitrary contents.</summary>
    public byte* TakeBuffer()
    {
        if (_freeCount == 0)
        {
            var chunk = (byte*)NativeMemory.AlignedAlloc(BuffersPerChunk * GuestMemory.PageSize, GuestMemory.PageSize);
            _chunks.Add((nint)chunk);
            for (int i = BuffersPerChunk - 1; i >= 0; i--)
                FreeBuffer(chunk + (i * GuestMemory.PageSize));
        }

        return _free[--_freeCount];
    }

    public void FreeBuffer(byte* buffer)
    {
        if (buffer == ZeroPage)
            return;
        if (_freeCount == _freeCapacity)
        {
            _freeCapacity *= 2;
            _free = (byte**)NativeMemory.Realloc(_free, (nuint)_freeCapacity * (nuint)sizeof(byte*));
        }

        _free[_freeCount++] = buffer;
    }

    public void Dispose()
    {
        foreach (nint chunk in _chunks)
            NativeMemory.AlignedFree((void*)chunk);
        _chunks.Clear();
        NativeMemory.Free(_free);
        NativeMemory.Free(_frames);
        NativeMemory.AlignedFree(ZeroPage);
        _free = null;
        _frames = null;
        ZeroPage = null;
    }

    private uint FindRun(int count)
    {
        while (_firstGap < _used.Length && _used[_firstGap] == ulong.MaxValue)
            _firstGap++;
        uint start = (uint)_firstGap * 64;
        int run = 0;
        for (uint i = start; run < count; i++)
        {
            if (i >> 6 >= (uint)_used.Length)
                Array.Resize(ref _used, _used.Length * 2);
            ulong word = _used[i >> 6];
            if (word == ulong.MaxValue && (i & 63) == 0)
            {
                run = 0;
                i += 63;
                start = i + 1;
            }
            else if ((word >> (int)(i & 63) & 1) != 0)
            {
                run = 0;
                start = i + 1;
            }
            else
            {
                run++;
            }
        }

        return start;
    }

    private void EnsureFrames(uint count)
    {
        if (count <= (uint)_frameCapacity)
            return;
        int capacity = (int)Math.Max((uint)_frameCapacity * 2, count);
        _frames = (Frame*)NativeMemory.Realloc(_frames, (nuint)capacity * (nuint)sizeof(Frame));
        NativeMemory.Clear(_frames + _frameCapacity, (nuint)(capacity - _frameCapacity) * (nuint)sizeof(Frame));
        _frameCapacity = capacity;
    }
}

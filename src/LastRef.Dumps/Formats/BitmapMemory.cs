using System.Buffers.Binary;
using System.Numerics;

namespace LastRef.Dumps;

/// <summary>Physical pages by a bitmap, packed in ascending order: types 2, 5, 6 and 7.</summary>
/// <remarks>Spec: dump-format 1.5 and 1.7. The bitmap stays in the file; memory holds one running count for each 4096 bits.</remarks>
internal sealed class BitmapMemory : IPhysicalMemory
{
    private const int GroupShift = 12;
    private const int GroupBytes = 1 << (GroupShift - 3);
    private readonly BlockCache _file;
    private readonly long _bitmapOffset;
    private readonly long _firstPageOffset;
    private readonly long _bits;

    /// <summary>Set bits before each group of 4096.</summary>
    private readonly long[] _ranks;
    private readonly byte[] _group = new byte[GroupBytes];
    private long _groupNumber = -1;

    private BitmapMemory(BlockCache file, long bitmapOffset, long bits, long firstPageOffset, long[] ranks)
    {
        _file = file;
        _bitmapOffset = bitmapOffset;
        _bits = bits;
        _firstPageOffset = firstPageOffset;
        _ranks = ranks;
        SetBits = ranks[^1];
        PageCount = Math.Clamp((file.Length - firstPageOffset) >> 12, 0, SetBits);
    }

    /// <summary>Pages that the bitmap promises; more than <see cref="PageCount"/> when the file is cut short.</summary>
    public long SetBits { get; }

    public long PageCount { get; }

    public ulong PageLimit => (ulong)_bits;

    public IEnumerable<PhysicalRun> Runs
    {
        get
        {
            long seen = 0, start = -1;
            for (long page = 0; page < _bits && seen < PageCount; page++)
            {
                if ((page & ((1 << GroupShift) - 1)) == 0 && _ranks[page >> GroupShift] == _ranks[(page >> GroupShift) + 1] && start < 0)
                {
                    page += (1 << GroupShift) - 1;
                    continue;
                }

                if (IsSet(page))
                {
                    seen++;
                    if (start < 0)
                        start = page;
                }
                else if (start >= 0)
                {
                    yield return new PhysicalRun((ulong)start, (ulong)(page - start));
                    start = -1;
                }

                if (seen == PageCount && start >= 0)
                    yield return new PhysicalRun((ulong)start, (ulong)(page + 1 - start));
            }
        }
    }

    /// <summary>Counts the bits; null when the bitmap itself is not whole.</summary>
    public static BitmapMemory? TryOpen(BlockCache file, long bitmapOffset, long bits, long firstPageOffset)
    {
        var bytes = (bits + 7) / 8;
        if (bitmapOffset > file.Length - bytes)
            return null;
        var groups = (bits + (1 << GroupShift) - 1) >> GroupShift;
        var ranks = new long[groups + 1];
        var buffer = new byte[GroupBytes];
        for (long group = 0; group < groups; group++)
        {
            var count = (int)Math.Min(GroupBytes, bytes - (group * GroupBytes));
            buffer.AsSpan().Clear();
            if (!file.TryRead(bitmapOffset + (group * GroupBytes), buffer.AsSpan(0, count)))
                return null;
            ClearBeyond(buffer, bits - (group << GroupShift));
            ranks[group + 1] = ranks[group] + Count(buffer);
        }

        return new BitmapMemory(file, bitmapOffset, bits, firstPageOffset, ranks);
    }

    public bool TryRead(PhysicalAddress address, Span<byte> buffer, out ReadFailure failure)
    {
        failure = ReadFailure.NotInDump;
        while (buffer.Length > 0)
        {
            var page = address.Value >> 12;
            if (page >= (ulong)_bits || !IsSet((long)page))
                return false;
            var index = Rank((long)page);
            var inPage = (int)(address.Value & 0xFFF);
            var count = Math.Min(buffer.Length, 4096 - inPage);
            if (!_file.TryRead(_firstPageOffset + (index << 12) + inPage, buffer[..count]))
                return false;
            buffer = buffer[count..];
            address = new PhysicalAddress(address.Value + (ulong)count);
        }

        failure = ReadFailure.None;
        return true;
    }

    private bool IsSet(long page)
    {
        Load(page >> GroupShift);
        var bit = (int)(page & ((1 << GroupShift) - 1));
        return (_group[bit >> 3] & (1 << (bit & 7))) != 0;
    }

    private long Rank(long page)
    {
        Load(page >> GroupShift);
        var bit = (int)(page & ((1 << GroupShift) - 1));
        var before = _group.AsSpan(0, bit >> 3);
        return _ranks[page >> GroupShift] + Count(before) + BitOperations.PopCount((uint)_group[bit >> 3] & ((1u << (bit & 7)) - 1));
    }

    private void Load(long group)
    {
        if (_groupNumber == group)
            return;
        _groupNumber = -1;
        _group.AsSpan().Clear();
        var bytes = (_bits + 7) / 8;
        var count = (int)Math.Min(GroupBytes, bytes - (group * GroupBytes));
        if (!_file.TryRead(_bitmapOffset + (group * GroupBytes), _group.AsSpan(0, count)))
            _group.AsSpan().Clear();
        ClearBeyond(_group, _bits - (group << GroupShift));
        _groupNumber = group;
    }

    /// <summary>Bits past the last page mean nothing.</summary>
    private static void ClearBeyond(byte[] group, long bits)
    {
        if (bits >= 1 << GroupShift)
            return;
        var last = (int)(bits >> 3);
        group[last] &= (byte)((1 << (int)(bits & 7)) - 1);
        group.AsSpan(last + 1).Clear();
    }

    private static long Count(ReadOnlySpan<byte> bytes)
    {
        long count = 0;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            count += BitOperations.PopCount(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes)
            count += BitOperations.PopCount(value);
        return count;
    }
}

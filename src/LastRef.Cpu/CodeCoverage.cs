namespace LastRef.Cpu;

/// <summary>Which bytes of tracked guest code were reached, noted once per decoded block.</summary>
/// <remarks>A block counts as a whole when it is entered first; one that faults midway counts completely.</remarks>
public sealed class CodeCoverage
{
    private readonly List<(ulong Start, ulong[] Bits, ulong ByteCount)> _ranges = [];

    /// <summary>Distinct bytes of tracked ranges that belong to executed instructions.</summary>
    public long BytesRun { get; private set; }

    /// <summary>Tracks an address range; ranges must not overlap.</summary>
    public void Track(ulong start, ulong byteCount) => _ranges.Add((start, new ulong[(byteCount + 63) / 64], byteCount));

    /// <summary>Whether the byte at an address belongs to an executed instruction of a tracked range.</summary>
    public bool WasRun(ulong address)
    {
        foreach ((ulong start, ulong[] bits, ulong byteCount) in _ranges)
        {
            ulong offset = address - start;
            if (offset < byteCount)
                return (bits[offset >> 6] >> (int)(offset & 63) & 1) != 0;
        }

        return false;
    }

    internal void Note(ulong address, int byteCount)
    {
        foreach ((ulong start, ulong[] bits, ulong rangeBytes) in _ranges)
        {
            ulong offset = address - start;
            if (offset >= rangeBytes)
                continue;
            for (ulong i = offset; i < Math.Min(offset + (ulong)byteCount, rangeBytes); i++)
            {
                ulong bit = 1ul << (int)(i & 63);
                if ((bits[i >> 6] & bit) == 0)
                    BytesRun++;
                bits[i >> 6] |= bit;
            }
        }
    }
}

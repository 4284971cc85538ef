namespace LastRef.Tests;

/// <summary>xoshiro-free and simple: splitmix64, so that a seed means the same on every runtime.</summary>
internal sealed class Rng(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public bool OneIn(int n) => Below(n) == 0;

    /// <summary>A corner value a third of the time, else random bits of a random width.</summary>
    public ulong Value()
    {
        switch (Below(9))
        {
            case 0: return (ulong)(Below(5) - 2);
            case 1: return 0x80ul << (8 * Below(8));
            case 2: return (1ul << Below(64)) - (ulong)Below(2);
            default:
                ulong value = Next() >> Below(64);
                return OneIn(2) ? value : 0 - value;
        }
    }

    /// <summary>Eight bytes of a vector: lanes of integers, or of interesting floats and doubles.</summary>
    public ulong VectorHalf() => Below(4) switch
    {
        0 => Value(),
        1 => ((ulong)Float() << 32) | Float(),
        2 => Double(),
        _ => Next(),
    };

    private uint Float()
    {
        switch (Below(8))
        {
            case 0: return BitConverter.SingleToUInt32Bits(Below(200) - 100);
            case 1: return BitConverter.SingleToUInt32Bits((Below(200) - 100) / 4f);
            case 2: return (uint)Next() & 0x80000000;
            case 3: return 0x7F800000 | ((uint)Next() & 0x80000000);
            case 4: return 0x7F800000 | (uint)(Next() & 0x80FFFFFF);
            case 5: return (uint)Next() & 0x807FFFFF;
            default: return (uint)Next();
        }
    }

    private ulong Double()
    {
        switch (Below(8))
        {
            case 0: return BitConverter.DoubleToUInt64Bits(Below(200) - 100);
            case 1: return BitConverter.DoubleToUInt64Bits((Below(2000) - 1000) / 8.0);
            case 2: return Next() & 0x8000000000000000;
            case 3: return 0x7FF0000000000000 | (Next() & 0x8000000000000000);
            case 4: return BitConverter.DoubleToUInt64Bits((double)(long)Next());
            case 5: return Next() & 0x800FFFFFFFFFFFFF;
            default: return Next();
        }
    }
}

namespace LastRef;

/// <summary>Where a bit field lies: bytes of its integer, and the bits in it.</summary>
internal readonly record struct BitFieldLayout(int Offset, int Size, int Position, int Length)
{
    public ulong Mask => Length == 64 ? ulong.MaxValue : (1UL << Length) - 1;
}

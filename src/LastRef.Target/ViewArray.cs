namespace LastRef;

/// <summary>An array of structures that lies in another structure.</summary>
/// <param name="Target">The memory that holds it.</param>
/// <param name="Address">The first element.</param>
/// <param name="Count">Elements; 0 when their number is not part of the declaration (<c>[1]</c> at a structure's end); indexes are then not checked.</param>
public readonly record struct ViewArray<T>(Target Target, VirtualAddress Address, int Count)
    where T : struct, INtView<T>
{
    /// <exception cref="ArgumentOutOfRangeException">The array has a bound and the index is outside of it.</exception>
    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            if (Count > 0)
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return T.At(Target, Address + ((ulong)index * (ulong)T.SizeOf(Target.Layout)));
        }
    }
}

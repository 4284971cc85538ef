using System.Runtime.CompilerServices;

namespace LastRef;

/// <summary>An array of values that lies in a structure.</summary>
/// <param name="Target">The memory that holds it.</param>
/// <param name="Address">The first element.</param>
/// <param name="Count">Elements; 0 when their number is not part of the declaration (<c>[1]</c> at a structure's end); indexes are then not checked.</param>
public readonly record struct FieldArray<T>(Target Target, VirtualAddress Address, int Count)
    where T : unmanaged
{
    /// <exception cref="TargetReadException">The element is unreadable.</exception>
    public T this[int index] => Target.ReadValue<T>(AddressOf(index));

    /// <exception cref="ArgumentOutOfRangeException">The array has a bound and the index is outside of it.</exception>
    public VirtualAddress AddressOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (Count > 0)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return Address + ((ulong)index * (ulong)Unsafe.SizeOf<T>());
    }

    public void Set(MutableTarget memory, int index, T value) => memory.WriteValue(AddressOf(index), value);
}

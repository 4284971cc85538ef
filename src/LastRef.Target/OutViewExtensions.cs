namespace LastRef;

/// <summary>Access through an <see cref="Out{T}"/> that points to a pointer to a structure.</summary>
public static class OutViewExtensions
{
    /// <summary>Stores the structure's address, or a null pointer.</summary>
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public static void Set<T>(this Out<T> pointer, MutableTarget memory, T? value) where T : struct, INtView<T> =>
        memory.WritePointer(pointer.Address, value?.Address ?? VirtualAddress.Null);

    /// <summary>The structure that is pointed to now; null for a null pointer.</summary>
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public static T? Get<T>(this Out<T> pointer, Target target) where T : struct, INtView<T> =>
        target.ReadPointer(pointer.Address) is { IsNull: false } address ? T.At(target, address) : null;
}

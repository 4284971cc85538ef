namespace LastRef;

/// <summary>Access through an <see cref="Out{T}"/> that points to a plain value.</summary>
public static class OutValueExtensions
{
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public static void Set<T>(this Out<T> pointer, MutableTarget memory, T value) where T : unmanaged =>
        memory.WriteValue(pointer.Address, value);

    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public static T Get<T>(this Out<T> pointer, Target target) where T : unmanaged => target.ReadValue<T>(pointer.Address);

    /// <summary>Writes unless the caller passed no pointer.</summary>
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public static void SetIfGiven<T>(this Out<T> pointer, MutableTarget memory, T value) where T : unmanaged
    {
        if (!pointer.IsNull)
            memory.WriteValue(pointer.Address, value);
    }
}

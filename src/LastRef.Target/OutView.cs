namespace LastRef;

/// <summary>Reading through an <see cref="Out{T}"/> that points to a pointer to a structure.</summary>
public static class OutView
{
    /// <summary>The structure that is pointed to now; null for a null pointer.</summary>
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public static T? Get<T>(this Out<T> pointer, Target target) where T : struct, INtView<T> =>
        target.ReadPointer(pointer.Address) is { IsNull: false } address ? T.At(target, address) : null;
}

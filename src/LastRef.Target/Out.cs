namespace LastRef;

/// <summary>A pointer through which a kernel routine hands something back.</summary>
/// <typeparam name="T">An integer, an enum, <see cref="VirtualAddress"/>, <see cref="NtStatus"/> and the like, or a view: then a pointer to the structure is stored.</typeparam>
/// <param name="Address">Where the value goes; writing to a bad one throws, which the machine turns into a fault of the caller.</param>
public readonly record struct Out<T>(VirtualAddress Address) where T : struct
{
    /// <summary>True when the caller passed no pointer.</summary>
    public bool IsNull => Address.IsNull;
}

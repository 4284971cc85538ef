namespace LastRef;

/// <summary>Reading through an <see cref="Out{T}"/> that points to a plain value.</summary>
public static class OutValue
{
    /// <summary>What is stored there now.</summary>
    /// <exception cref="TargetReadException">The pointer is bad.</exception>
    public static T Get<T>(this Out<T> pointer, Target target) where T : unmanaged => target.ReadValue<T>(pointer.Address);
}

namespace LastRef.Nt;

/// <summary>The sixteen bytes before a small pool block.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_POOL_HEADER")]
public readonly partial struct PoolHeader(Target target, VirtualAddress address)
{
    [Field(Writable = true, Bits = true)] public partial uint PreviousSize { get; }

    [Field(Writable = true, Bits = true)] public partial uint PoolIndex { get; }

    /// <summary>In units of sixteen bytes.</summary>
    [Field(Writable = true, Bits = true)] public partial uint BlockSize { get; }

    [Field(Writable = true, Bits = true)] public partial uint PoolType { get; }

    [Field(Writable = true)] public partial uint PoolTag { get; }
}

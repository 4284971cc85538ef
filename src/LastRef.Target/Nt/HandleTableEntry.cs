namespace LastRef.Nt;

/// <summary>One handle: the object it opens and the access granted.</summary>
/// <remarks>Spec: U-1.27. On 6.1 the first word is the object's header address with attributes in its low bits; from 6.3 on it is packed.</remarks>
[NtView("_HANDLE_TABLE_ENTRY")]
public readonly partial struct HandleTableEntry(Target target, VirtualAddress address)
{
    /// <summary>The first word.</summary>
    [Field("Value|VolatileLowValue", Writable = true)] public partial ulong Value { get; }

    /// <summary>Packed entries: the second word.</summary>
    [Field(Writable = true)] public partial long? HighValue { get; }

    /// <summary>Up to 6.1: the low three bits are unlocked, inherit and audit.</summary>
    [Field(Writable = true)] public partial uint? ObAttributes { get; }

    /// <summary>Up to 6.1.</summary>
    [Field(Writable = true)] public partial uint? GrantedAccess { get; }

    /// <summary>Packed entries.</summary>
    [Field(Writable = true, Bits = true)] public partial uint? Unlocked { get; }

    /// <summary>Packed entries: references left of those taken in advance.</summary>
    [Field(Writable = true, Bits = true)] public partial uint? RefCnt { get; }

    /// <summary>Packed entries.</summary>
    [Field(Writable = true, Bits = true)] public partial uint? Attributes { get; }

    /// <summary>Packed entries: bits 4 to 47 of the object header's address.</summary>
    [Field(Writable = true, Bits = true)] public partial ulong? ObjectPointerBits { get; }

    /// <summary>Packed entries.</summary>
    [Field(Writable = true, Bits = true)] public partial uint? GrantedAccessBits { get; }
}

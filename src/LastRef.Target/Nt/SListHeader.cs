namespace LastRef.Nt;

/// <summary>The head of an interlocked singly linked list.</summary>
/// <remarks>Fact: SLIST_HEADER, public symbols. Depth is the low word; the next entry's address lies in the upper 60 bits of the second word.</remarks>
[NtView("_SLIST_HEADER")]
public readonly partial struct SListHeader(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ulong Alignment { get; }

    [Field(Writable = true)] public partial ulong Region { get; }

    [Field("HeaderX64.Depth", Writable = true, Bits = true)] public partial ushort Depth { get; }

    [Field("HeaderX64.NextEntry", Writable = true, Bits = true)] public partial ulong NextEntryBits { get; }
}

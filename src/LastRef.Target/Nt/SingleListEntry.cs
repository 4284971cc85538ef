namespace LastRef.Nt;

/// <summary>A link of a singly linked list.</summary>
/// <remarks>Fact: SINGLE_LIST_ENTRY, WDK reference.</remarks>
[NtView("_SINGLE_LIST_ENTRY")]
public readonly partial struct SingleListEntry(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial VirtualAddress Next { get; }
}

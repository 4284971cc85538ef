namespace LastRef.Nt;

/// <summary>A link, or the head, of a doubly linked list.</summary>
/// <remarks>Fact: LIST_ENTRY, WDK reference. An empty head points to itself.</remarks>
[NtView("_LIST_ENTRY")]
public readonly partial struct ListEntry(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial VirtualAddress Flink { get; }

    [Field(Writable = true)] public partial VirtualAddress Blink { get; }
}

namespace LastRef.Nt;

/// <summary>A node of a splay tree.</summary>
/// <remarks>Fact: RTL_SPLAY_LINKS, ntddk.h.</remarks>
[NtView("_RTL_SPLAY_LINKS")]
public readonly partial struct RtlSplayLinks(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial RtlSplayLinks? Parent { get; }

    [Field(Writable = true)] public partial RtlSplayLinks? LeftChild { get; }

    [Field(Writable = true)] public partial RtlSplayLinks? RightChild { get; }
}

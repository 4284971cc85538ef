namespace LastRef.Nt;

/// <summary>A node of a balanced tree.</summary>
/// <remarks>Fact: RTL_BALANCED_LINKS, ntddk.h.</remarks>
[NtView("_RTL_BALANCED_LINKS")]
public readonly partial struct RtlBalancedLinks(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial RtlBalancedLinks? Parent { get; }

    [Field(Writable = true)] public partial RtlBalancedLinks? LeftChild { get; }

    [Field(Writable = true)] public partial RtlBalancedLinks? RightChild { get; }

    [Field(Writable = true)] public partial sbyte Balance { get; }
}

namespace LastRef.Nt;

/// <summary>A lookaside list of fixed-size blocks.</summary>
/// <remarks>Spec: U-6.64.</remarks>
[NtView("_GENERAL_LOOKASIDE")]
public readonly partial struct GeneralLookaside(Target target, VirtualAddress address)
{
    [Field] public partial SListHeader ListHead { get; }

    [Field(Writable = true)] public partial ushort Depth { get; }

    [Field(Writable = true)] public partial ushort MaximumDepth { get; }

    [Field(Writable = true)] public partial uint TotalAllocates { get; }

    [Field(Writable = true)] public partial uint AllocateMisses { get; }

    [Field(Writable = true)] public partial uint TotalFrees { get; }

    [Field(Writable = true)] public partial uint FreeMisses { get; }

    [Field(Writable = true)] public partial int Type { get; }

    [Field(Writable = true)] public partial uint Tag { get; }

    [Field(Writable = true)] public partial uint Size { get; }

    [Field(Writable = true)] public partial VirtualAddress Allocate { get; }

    [Field(Writable = true)] public partial VirtualAddress Free { get; }

    [Field] public partial ListEntry ListEntry { get; }
}

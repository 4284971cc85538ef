namespace LastRef.Nt;

/// <summary>A lookaside list whose routines get the list itself.</summary>
/// <remarks>Spec: U-6.64.</remarks>
[NtView("_LOOKASIDE_LIST_EX")]
public readonly partial struct LookasideListEx(Target target, VirtualAddress address)
{
    [Field("L.Depth", Writable = true)] public partial ushort Depth { get; }

    [Field("L.MaximumDepth", Writable = true)] public partial ushort MaximumDepth { get; }

    [Field("L.TotalAllocates", Writable = true)] public partial uint TotalAllocates { get; }

    [Field("L.AllocateMisses", Writable = true)] public partial uint AllocateMisses { get; }

    [Field("L.TotalFrees", Writable = true)] public partial uint TotalFrees { get; }

    [Field("L.FreeMisses", Writable = true)] public partial uint FreeMisses { get; }

    [Field("L.Type", Writable = true)] public partial int Type { get; }

    [Field("L.Tag", Writable = true)] public partial uint Tag { get; }

    [Field("L.Size", Writable = true)] public partial uint Size { get; }

    [Field("L.AllocateEx", Writable = true)] public partial VirtualAddress Allocate { get; }

    [Field("L.FreeEx", Writable = true)] public partial VirtualAddress Free { get; }

    [Field("L.ListHead")] public partial SListHeader ListHead { get; }

    [Field("L.ListEntry")] public partial ListEntry ListEntry { get; }
}

namespace LastRef.Nt;

/// <summary>A balanced tree of a driver's elements.</summary>
/// <remarks>Fact: RTL_AVL_TABLE, ntddk.h.</remarks>
[NtView("_RTL_AVL_TABLE")]
public readonly partial struct RtlAvlTable(Target target, VirtualAddress address)
{
    [Field] public partial RtlBalancedLinks BalancedRoot { get; }

    [Field(Writable = true)] public partial VirtualAddress OrderedPointer { get; }

    [Field(Writable = true)] public partial uint WhichOrderedElement { get; }

    [Field(Writable = true)] public partial uint NumberGenericTableElements { get; }

    [Field(Writable = true)] public partial uint DepthOfTree { get; }

    [Field(Writable = true)] public partial RtlBalancedLinks? RestartKey { get; }

    [Field(Writable = true)] public partial uint DeleteCount { get; }

    [Field(Writable = true)] public partial VirtualAddress CompareRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress AllocateRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress FreeRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress TableContext { get; }
}

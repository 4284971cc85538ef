namespace LastRef.Nt;

/// <summary>A splay tree of a driver's elements.</summary>
/// <remarks>Fact: RTL_GENERIC_TABLE, ntddk.h.</remarks>
[NtView("_RTL_GENERIC_TABLE")]
public readonly partial struct RtlGenericTable(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial RtlSplayLinks? TableRoot { get; }

    [Field] public partial ListEntry InsertOrderList { get; }

    [Field(Writable = true)] public partial VirtualAddress OrderedPointer { get; }

    [Field(Writable = true)] public partial uint WhichOrderedElement { get; }

    [Field(Writable = true)] public partial uint NumberGenericTableElements { get; }

    [Field(Writable = true)] public partial VirtualAddress CompareRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress AllocateRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress FreeRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress TableContext { get; }
}

namespace LastRef.Nt;

/// <summary>A routine in a singly linked list of the kernel: NMI callbacks, routines for the end of logon sessions.</summary>
/// <remarks>Spec: U-6.37, U-6.38. The layout is in no public symbols.</remarks>
[NtView("_ROUTINE_LIST_ENTRY")]
public readonly partial struct RoutineListEntry(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial VirtualAddress Next { get; }

    [Field(Writable = true)] public partial VirtualAddress Routine { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }
}

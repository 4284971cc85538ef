namespace LastRef.Nt;

/// <summary>The scheduler's part of a thread.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KTHREAD")]
public readonly partial struct KThread(Target target, VirtualAddress address)
{
    [Field] public partial DispatcherHeader Header { get; }

    [Field(Writable = true)] public partial VirtualAddress InitialStack { get; }

    [Field(Writable = true)] public partial VirtualAddress StackLimit { get; }

    [Field(Writable = true)] public partial VirtualAddress StackBase { get; }

    [Field(Writable = true)] public partial VirtualAddress KernelStack { get; }

    [Field] public partial KApcState ApcState { get; }

    [Field(Writable = true)] public partial sbyte Priority { get; }

    [Field(Writable = true)] public partial long WaitStatus { get; }

    [Field(Writable = true)] public partial VirtualAddress WaitBlockList { get; }

    [Field(Writable = true)] public partial VirtualAddress Teb { get; }

    [Field(Writable = true)] public partial byte State { get; }

    [Field(Writable = true)] public partial Irql WaitIrql { get; }

    [Field(Writable = true)] public partial sbyte WaitMode { get; }

    [Field(Writable = true)] public partial byte WaitReason { get; }

    [Field(Writable = true)] public partial short KernelApcDisable { get; }

    [Field(Writable = true)] public partial short SpecialApcDisable { get; }

    [Field(Writable = true)] public partial uint CombinedApcDisable { get; }

    [Field(Writable = true)] public partial sbyte PreviousMode { get; }

    [Field(Writable = true)] public partial sbyte BasePriority { get; }

    [Field(Writable = true)] public partial KProcess? Process { get; }

    [Field] public partial ListEntry MutantListHead { get; }

    [Field] public partial ListEntry ThreadListEntry { get; }

    [Field(Writable = true)] public partial VirtualAddress Queue { get; }

    [Field] public partial ListEntry QueueListEntry { get; }

    [Field(Writable = true)] public partial VirtualAddress TrapFrame { get; }

    [Field(Writable = true)] public partial VirtualAddress Win32Thread { get; }
}

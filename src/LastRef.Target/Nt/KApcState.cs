namespace LastRef.Nt;

/// <summary>The APC queues of a thread and the process that it runs in.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KAPC_STATE")]
public readonly partial struct KApcState(Target target, VirtualAddress address)
{
    /// <summary>Kernel mode, then user mode.</summary>
    [Field] public partial ViewArray<ListEntry> ApcListHead { get; }

    [Field(Writable = true)] public partial KProcess? Process { get; }

    [Field(Writable = true)] public partial NtBoolean KernelApcPending { get; }
}

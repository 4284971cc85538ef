namespace LastRef.Nt;

/// <summary>The caller's part of an in-stack queued spin lock.</summary>
/// <remarks>Fact: KLOCK_QUEUE_HANDLE, wdm.h.</remarks>
[NtView("_KLOCK_QUEUE_HANDLE")]
public readonly partial struct KLockQueueHandle(Target target, VirtualAddress address)
{
    [Field] public partial KSpinLockQueue LockQueue { get; }

    [Field(Writable = true)] public partial Irql OldIrql { get; }
}

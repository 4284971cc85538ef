namespace LastRef.Nt;

/// <summary>A processor's place in the queue for a spin lock.</summary>
/// <remarks>Fact: wdm.h.</remarks>
[NtView("_KSPIN_LOCK_QUEUE")]
public readonly partial struct KSpinLockQueue(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial KSpinLockQueue? Next { get; }

    [Field(Writable = true)] public partial VirtualAddress Lock { get; }
}

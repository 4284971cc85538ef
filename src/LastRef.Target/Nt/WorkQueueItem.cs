namespace LastRef.Nt;

/// <summary>A work item of the executive.</summary>
/// <remarks>Spec: U-1.42.</remarks>
[NtView("_WORK_QUEUE_ITEM")]
public readonly partial struct WorkQueueItem(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry List { get; }

    [Field(Writable = true)] public partial VirtualAddress WorkerRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress Parameter { get; }
}

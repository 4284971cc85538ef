namespace LastRef.Nt;

/// <summary>A work item of the I/O manager; while it is queued it references its device or driver.</summary>
/// <remarks>Spec: U-1.42.</remarks>
[NtView("_IO_WORKITEM")]
public readonly partial struct IoWorkItem(Target target, VirtualAddress address)
{
    [Field] public partial WorkQueueItem WorkItem { get; }

    [Field(Writable = true)] public partial VirtualAddress Routine { get; }

    /// <summary>The device or driver object.</summary>
    [Field(Writable = true)] public partial VirtualAddress IoObject { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }
}

namespace LastRef.Nt;

/// <summary>A remove lock in a driver's device extension.</summary>
/// <remarks>Spec: U-1.45.</remarks>
[NtView("_IO_REMOVE_LOCK_COMMON_BLOCK")]
public readonly partial struct RemoveLockCommonBlock(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial NtBoolean Removed { get; }

    /// <summary>Starts at 1.</summary>
    [Field(Writable = true)] public partial int IoCount { get; }

    [Field] public partial KEvent RemoveEvent { get; }
}

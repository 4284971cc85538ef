namespace LastRef.Kernel;

/// <summary>States of a devnode, with the values of Windows 7 to Windows 10; memory has those of its build (U-1.55, U-1.56).</summary>
internal enum NodeState
{
    Unspecified = 0x300,
    Uninitialized = 0x301,
    Initialized = 0x302,
    DriversAdded = 0x303,
    ResourcesAssigned = 0x304,
    StartPending = 0x305,
    StartCompletion = 0x306,
    StartPostWork = 0x307,
    Started = 0x308,
    QueryStopped = 0x309,
    Stopped = 0x30A,
    RestartCompletion = 0x30B,
    EnumeratePending = 0x30C,
    EnumerateCompletion = 0x30D,
    AwaitingQueuedDeletion = 0x30E,
    AwaitingQueuedRemoval = 0x30F,
    QueryRemoved = 0x310,
    RemovePendingCloses = 0x311,
    Removed = 0x312,
    DeletePendingCloses = 0x313,
    Deleted = 0x314,
}

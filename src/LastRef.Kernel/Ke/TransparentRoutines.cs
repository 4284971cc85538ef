namespace LastRef.Kernel;

/// <summary>Routines whose whole effect lies in target memory and in the dispatcher's lists, so that comparing those compares everything.</summary>
internal static class TransparentRoutines
{
    private static readonly bool[] _transparent = Build(
        "KeWaitForSingleObject", "KeWaitForMutexObject", "KeWaitForMultipleObjects", "KeDelayExecutionThread", "KeStallExecutionProcessor",
        "KeSetEvent", "KeResetEvent", "KeClearEvent", "KePulseEvent", "KeReadStateEvent", "KeReleaseSemaphore", "KeReadStateSemaphore",
        "KeReleaseMutex", "KeReadStateMutex", "KeReadStateTimer", "KeSetTimer", "KeSetTimerEx", "KeSetCoalescableTimer", "KeCancelTimer",
        "KeInsertQueueDpc", "KeRemoveQueueDpc", "KeInitializeDpc", "KeInitializeEvent", "KeInitializeTimer", "KeInitializeTimerEx",
        "KeAcquireSpinLockRaiseToDpc", "KeReleaseSpinLock", "KeAcquireSpinLockAtDpcLevel", "KeReleaseSpinLockFromDpcLevel",
        "KfRaiseIrql", "KeLowerIrql", "KfLowerIrql", "KeGetCurrentIrql", "KeGetCurrentThread", "PsGetCurrentThread", "PsGetCurrentProcess",
        "IoGetCurrentProcess", "KeEnterCriticalRegion", "KeLeaveCriticalRegion", "DbgPrint", "DbgPrintEx",
        "memcpy", "memmove", "memset", "memcmp", "RtlCompareMemory", "RtlCopyMemory", "RtlMoveMemory", "RtlFillMemory", "RtlZeroMemory",
        "ExpInterlockedPopEntrySList", "ExpInterlockedPushEntrySList", "ExInterlockedInsertTailList", "ExInterlockedInsertHeadList",
        "ExInterlockedRemoveHeadList");

    /// <param name="export">Index into the table of exports.</param>
    public static bool Contains(int export) => _transparent[export];

    private static bool[] Build(params string[] names)
    {
        var wanted = names.ToHashSet(StringComparer.Ordinal);
        return [.. Enumerable.Range(0, ExportTable.Count).Select(export => wanted.Contains(ExportNames.NameOf(export)))];
    }
}

namespace LastRef;

/// <summary>R-21: driver code opened the device in the context of some process and without OBJ_KERNEL_HANDLE; the handle lies in that process's table.</summary>
internal sealed class StrayHandleRule : IDiagnosisRule
{
    public Reason Reason => Reason.HandleInForeignProcess;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        foreach (var open in Opens.Of(situation).Where(o => o.Opener == OpenerKind.StrayHandle && Opens.Blocks(situation, o.Device)))
        {
            if (situation.Trace is null)
            {
                yield return OfDump(situation, open);
                continue;
            }

            var taken = open.Taken[0];
            var handle = situation.Capture.Handles.First(h => h.Entry == taken.Holder);
            var blame = situation.BlameOf(taken.Site);
            var close = FailedClose(situation, handle, taken.Sequence);
            yield return situation.Find(
                Reason, blame,
                $"{blame.Image} opened {situation.NameOf(open.Device)} without OBJ_KERNEL_HANDLE while {handle.ProcessName} (process {handle.ProcessId}) was current: "
                + "the handle is in that process's table, which only that process can close, and DriverUnload is not called before.",
                [Opens.HolderOf(situation, open)],
                [
                    Evidence.Memory(handle.Entry, "HANDLE_TABLE_ENTRY.ObjectPointerBits", open.File.Address.Value, $"handle {handle.Value} of process {handle.ProcessId} ({handle.ProcessName}) is this open"),
                    .. Opens.EvidenceOf(open),
                    Evidence.Seen(taken, $"opened at {taken.Site}, by driver code"),
                    .. close is null ? [] : new[] { Evidence.Seen(close, $"closed in another process at {close.Site}: {NtStatus.FromCode((uint)close.Result!.Value)}") },
                ],
                taken.Site, missing: $"ZwClose in process {handle.ProcessId} was never called for handle {handle.Value}");
        }
    }

    /// <summary>The file object's header tells that kernel code made it, not whose.</summary>
    private Finding OfDump(Situation situation, DeviceOpen open)
    {
        var handle = situation.Capture.Handles.First(h => h.Object == open.File.Address && !h.IsSystem);
        return situation.Find(
            Reason, Blame.NotKnown,
            $"A driver opened {situation.NameOf(open.Device)} without OBJ_KERNEL_HANDLE while {handle.ProcessName} (process {handle.ProcessId}) was current: "
            + "the handle is in that process's table, which only that process can close, and DriverUnload is not called before.",
            [Opens.HolderOf(situation, open)],
            [
                Evidence.Memory(handle.Entry, "HANDLE_TABLE_ENTRY.ObjectPointerBits", open.File.Address.Value, $"handle {handle.Value} of process {handle.ProcessId} ({handle.ProcessName}) is this open"),
                Evidence.Memory(open.File.Address, "OBJECT_HEADER.Flags", (ulong)Nt.ObjectHeaderFlags.KernelObject, "KernelObject: kernel code opened it, not the application"),
                .. Opens.EvidenceOf(open),
            ],
            null, missing: $"ZwClose in process {handle.ProcessId} was never called for handle {handle.Value}", isComplete: false);
    }

    /// <summary>A ZwClose of the same value that failed: it was called in another process, where the value means nothing.</summary>
    private static RoutineRecord? FailedClose(Situation situation, CapturedHandle handle, int after) => situation.Records<RoutineRecord>().FirstOrDefault(r =>
        r.Sequence > after && r is { Routine: "ZwClose" or "NtClose" or "ObCloseHandle", Arguments.Count: > 0, Result: { } result }
        && r.Arguments[0].Value == handle.Value.Value && !NtStatus.FromCode((uint)result).IsSuccess);
}

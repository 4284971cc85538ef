namespace LastRef;

/// <summary>R-20: another driver opened the device with a kernel handle and lost it; it stands in the table of the System process.</summary>
internal sealed class KernelHandleRule : IDiagnosisRule
{
    public Reason Reason => Reason.KernelHandleLeaked;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        foreach (var open in Opens.Of(situation).Where(o => o.Opener == OpenerKind.KernelHandle && Opens.Blocks(situation, o.Device)))
        {
            var taken = open.Taken.FirstOrDefault(record => record.Cause == ReferenceCause.OpenHandle);
            var handle = situation.Capture.Handles.First(h => h.Object == open.File.Address && h.IsSystem);
            var blame = taken is null ? Blame.NotKnown : situation.BlameOf(taken.Site);
            var who = taken is null ? "Kernel code" : blame.Image;
            yield return situation.Find(
                Reason, blame,
                $"{who} has {situation.NameOf(open.Device)} open with a handle of the System process, which it never closed: no application has a handle, yet DriverUnload is not called.",
                [Opens.HolderOf(situation, open)],
                [
                    Evidence.Memory(handle.Entry, "HANDLE_TABLE_ENTRY.ObjectPointerBits", open.File.Address.Value, $"handle {handle.Value} of process {handle.ProcessId} ({handle.ProcessName}) is this open"),
                    .. Opens.EvidenceOf(open),
                    .. taken is null ? [] : new[] { Evidence.Seen(taken, $"opened at {taken.Site}") },
                ],
                taken?.Site, missing: "ZwClose was never called for the handle", isComplete: taken is not null);
        }
    }
}

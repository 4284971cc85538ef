namespace LastRef;

/// <summary>R-22: IRP_MN_REMOVE_DEVICE waits for a remove lock that somebody never releases (U-5.91).</summary>
internal sealed class RemoveLockLeakedRule : IDiagnosisRule
{
    public Reason Reason => Reason.RemoveLockLeaked;

    public bool AppliesTo(RunEnd end) => end == RunEnd.Hung;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.HungOn(WaitSubject.RemoveLock) is not { } wait || WaitGraph.Of(situation) is not { } graph)
            yield break;
        var @lock = wait.Root.SubjectAddress;
        if (situation.Trace is null)
        {
            yield return OfDump(situation, wait, graph);
            yield break;
        }

        var ledger = RemoveLockLedger.Of(situation, @lock);
        var held = ledger.Held;
        var node = graph.Find(wait.Root.Thread) ?? graph;
        var first = held.FirstOrDefault(h => h.Site is not null) ?? (held.Count > 0 ? held[0] : null);
        var blame = situation.BlameOf(first?.Site ?? node.Site);
        if (blame.Party == Party.System)
            blame = situation.BlameDriver;
        var summary = first is not null
            ? $"{blame.Image} acquired the remove lock at {@lock} {held.Count} time(s) and never released it: IoReleaseRemoveLockAndWait waits for ever, and with it the removal."
            : $"{blame.Image} waits for the remove lock at {@lock}, but nobody holds it: every acquisition was given back. Its count, {wait.Count}, is wrong.";
        yield return situation.Find(
            Reason, blame, summary,
            [.. held.Take(Limits.Devices).Select(h => new Holder(HolderKind.RemoveLock, $"remove lock, tag {WaitGraph.TagText(situation, h.Subject)}", h.Subject, ReferenceCounter.RemoveLock, h.Site))],
            [
                Evidence.Memory(@lock, "IO_REMOVE_LOCK_COMMON_BLOCK.IoCount", (ulong)wait.Count, $"the lock's count is {wait.Count}, not 0"),
                .. held.Take(Limits.Devices).Select(h => Evidence.Seen(h, $"acquired at {h.Site}, not released with this tag")),
                .. ledger.Extra.Take(Limits.Devices).Select(e => Evidence.Seen(e, $"released at {e.Site} with a tag that it was not acquired with")),
            ],
            first?.Site ?? node.Site, missing: first is null ? null : "IoReleaseRemoveLock was never called with that tag",
            isComplete: situation.IsHangProven && first is not null)
            with { Wait = graph };
    }

    /// <summary>A dump has the lock's count; only the lock of a checked build keeps names, and only the driver's symbols lead to them.</summary>
    private Finding OfDump(Situation situation, CapturedWait wait, WaitNode graph)
    {
        var @lock = wait.Root.SubjectAddress;
        var known = situation.Capture.RemoveLocks.FirstOrDefault(l => l.Address == @lock);
        return situation.Find(
            Reason, situation.BlameDriver,
            $"{situation.Context.DriverImage} waits for the release of the remove lock at {@lock}, which counts {wait.Count} acquisition(s) that were not given back: the removal stands still.",
            known is { Tags.Count: > 0 }
                ? [.. known.Tags.Take(Limits.Devices).Select(tag => new Holder(HolderKind.RemoveLock, $"remove lock {known.Field}, tag {tag.Tag}", tag.Tag, ReferenceCounter.RemoveLock, null))]
                : [new Holder(HolderKind.RemoveLock, $"{wait.Count} acquisition(s) of the remove lock {(known is null ? "" : known.Field + " ")}at {@lock}", @lock, ReferenceCounter.RemoveLock, null)],
            [
                .. known is null ? [] : known.Tags.Take(Limits.Devices).Select(tag => Evidence.Memory(@lock, "IO_REMOVE_LOCK_DBG_BLOCK.Blocks", tag.Tag.Value, $"acquired with tag {tag.Tag} at {tag.File ?? "?"}:{tag.Line}, not released")),
                Evidence.Memory(@lock, "IO_REMOVE_LOCK_COMMON_BLOCK.IoCount", (ulong)wait.Count, $"the lock's count is {wait.Count}, not 0"),
                Evidence.Memory(@lock, "IO_REMOVE_LOCK_COMMON_BLOCK.Removed", 1, "IoReleaseRemoveLockAndWait was called for it"),
                Evidence.Memory(wait.Root.Thread, "KTHREAD.WaitBlockList", wait.Root.Objects[0].Value, "a thread inside the driver waits for the lock's event"),
            ],
            situation.StackSiteOf(wait.Root.Thread), missing: "IoReleaseRemoveLock was called less often than IoAcquireRemoveLock", isComplete: false)
            with { Wait = graph };
    }
}

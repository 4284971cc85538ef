namespace LastRef;

/// <summary>R-30: a work item or a thread of IoCreateSystemThread keeps the driver or its device.</summary>
internal sealed class WorkItemRule : IDiagnosisRule
{
    public Reason Reason => Reason.WorkItemOrThreadRunning;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Image != ImageState.Pinned)
            yield break;
        if (situation.Trace is null)
        {
            foreach (var item in situation.Capture.IoWorkItems.Take(Limits.Devices))
                yield return Report(situation, HolderKind.WorkItem, item.Address, null, [Evidence.Memory(item.Address, "IO_WORKITEM.IoObject", item.IoObject.Value, "a work item references the driver")]);
            // A thread that started in the image holds a reference only when IoCreateSystemThread made it (U-6.54): the count must leave room for that.
            var hasUnexplained = situation.Capture.Balances.Any(b => b.Unexplained > 0 && b.Counter == ReferenceCounter.PointerCount
                && (situation.IsDriver(b.Object) || situation.IsDriver(situation.OwnerOf(b.Object))));
            foreach (var thread in hasUnexplained ? situation.Capture.Threads.Take(Limits.Devices) : [])
                yield return Report(situation, HolderKind.Thread, thread.Address, null, [Evidence.Memory(thread.Address, "ETHREAD.StartAddress", thread.StartAddress.Value, "a thread started in the driver")]);
            yield break;
        }

        var held = situation.Capture.DevicesOfDriver.Select(d => d.Address).Append(situation.Capture.DriverAddress);
        foreach (var taken in held.SelectMany(o => situation.Ledger.Outstanding(o, ReferenceCounter.PointerCount)
            .Where(r => r.Cause is ReferenceCause.WorkItem or ReferenceCause.SystemThread)).Take(Limits.Devices).ToList())
        {
            var kind = taken.Cause == ReferenceCause.WorkItem ? HolderKind.WorkItem : HolderKind.Thread;
            yield return Report(situation, kind, taken.Holder, taken.Site, [Evidence.Seen(taken, $"{(kind == HolderKind.WorkItem ? "queued" : "started")} at {taken.Site}, not ended")]);
        }
    }

    private Finding Report(Situation situation, HolderKind kind, VirtualAddress holder, CallSite? site, IReadOnlyList<Evidence> evidence)
    {
        var what = kind == HolderKind.WorkItem ? "A work item" : "A system thread";
        return situation.Find(
            Reason, situation.BlameDriver,
            $"{what} of {situation.Context.DriverImage} is still there after DriverUnload returned: it references the driver's object until its routine returns, so the image stays.",
            [new Holder(kind, kind == HolderKind.WorkItem ? "work item" : "system thread", holder, ReferenceCounter.PointerCount, site)],
            evidence, site, missing: "DriverUnload did not wait for it to end");
    }
}

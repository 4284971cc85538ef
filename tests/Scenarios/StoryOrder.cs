using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The spec's order of events, asked of a trace: each rule names its fact and what breaks it.</summary>
internal static class StoryOrder
{
    /// <summary>What in a story is not in the order that the spec gives; empty when nothing is.</summary>
    public static IEnumerable<string> Violations(Trace trace) =>
        [.. Removals(trace), .. Cancels(trace), .. ChildrenFirst(trace), .. TopDown(trace), .. Closes(trace), .. Unloads(trace), .. Starts(trace)];

    private static IEnumerable<IrpRecord> Pnp(Trace trace, PnpMinor minor) =>
        trace.Of<IrpRecord>().Where(i => i.Step == IrpStep.Sent && i.Major == (byte)IrpMajor.Pnp && i.Minor == (byte)minor);

    /// <summary>U-5.12, U-5.15, U-5.30, U-5.40: a started device is asked or surprised before its REMOVE; nobody asks after a surprise.</summary>
    private static IEnumerable<string> Removals(Trace trace)
    {
        foreach (var remove in Pnp(trace, PnpMinor.RemoveDevice))
        {
            var started = LastBefore(Pnp(trace, PnpMinor.StartDevice), remove);
            if (started is null || !HasSucceeded(trace, started))
                continue;
            var asked = LastBefore(Pnp(trace, PnpMinor.QueryRemoveDevice), remove);
            var surprised = LastBefore(Pnp(trace, PnpMinor.SurpriseRemoval), remove);
            if (!(asked?.Sequence > started.Sequence) && !(surprised?.Sequence > started.Sequence))
                yield return $"U-5.12: REMOVE at {remove.Sequence} reached {remove.Device}, which was neither asked nor surprised since its start at {started.Sequence}";
            if (surprised?.Sequence > started.Sequence && asked?.Sequence > surprised.Sequence)
                yield return $"U-5.31: {remove.Device} was asked at {asked.Sequence}, after its surprise removal at {surprised.Sequence}";
            if (surprised?.Sequence > started.Sequence && OpensAt(trace, remove) is { } open)
                yield return $"U-5.32: REMOVE at {remove.Sequence} came while {open.Object} was open since {open.Sequence}";
        }
    }

    /// <summary>U-5.14: CANCEL goes to those that were asked, once, and not after their REMOVE.</summary>
    private static IEnumerable<string> Cancels(Trace trace)
    {
        foreach (var cancel in Pnp(trace, PnpMinor.CancelRemoveDevice))
        {
            var asked = LastBefore(Pnp(trace, PnpMinor.QueryRemoveDevice), cancel);
            var before = LastBefore(Pnp(trace, PnpMinor.CancelRemoveDevice).Where(c => c.Irp != cancel.Irp || c.Sequence != cancel.Sequence), cancel);
            var removed = LastBefore(Pnp(trace, PnpMinor.RemoveDevice), cancel);
            if (asked is null)
                yield return $"U-5.14: CANCEL at {cancel.Sequence} went to {cancel.Device}, which was not asked";
            else if (before?.Sequence > asked.Sequence || removed?.Sequence > asked.Sequence)
                yield return $"U-5.14: CANCEL at {cancel.Sequence} went to {cancel.Device}, whose query at {asked.Sequence} was settled already";
        }
    }

    /// <summary>U-5.15: the REMOVE of every child that was started comes before that of the device whose driver reported it.</summary>
    private static IEnumerable<string> ChildrenFirst(Trace trace)
    {
        var nodes = trace.Of<ReferenceRecord>().Where(r => r.Cause == ReferenceCause.DeviceNode && r.New > r.Old).ToList();
        var owners = new Dictionary<VirtualAddress, VirtualAddress>();
        foreach (var made in trace.Of<ReferenceRecord>().Where(r => r.Cause == ReferenceCause.DeviceOfDriver && r.New > r.Old))
            owners[made.Holder] = made.Object;
        var relations = trace.Of<IrpRecord>().Where(i => i.Step == IrpStep.Sent && i.Major == (byte)IrpMajor.Pnp && i.Minor == (byte)PnpMinor.QueryDeviceRelations).ToList();
        var pdos = nodes.Select(n => n.Object).ToHashSet();
        foreach (var child in nodes)
        {
            // The parent is the device of the same driver that was asked for its children last before the node was made.
            var parent = relations.LastOrDefault(i => i.Sequence < child.Sequence && !pdos.Contains(i.Device) && owners.GetValueOrDefault(child.Object) == i.Driver);
            if (parent is null || !Pnp(trace, PnpMinor.StartDevice).Any(s => s.Device == child.Object && s.Sequence > child.Sequence))
                continue;
            var parentRemove = Pnp(trace, PnpMinor.RemoveDevice).FirstOrDefault(r => r.Device == parent.Device && r.Sequence > child.Sequence);
            var childRemove = Pnp(trace, PnpMinor.RemoveDevice).FirstOrDefault(r => r.Device == child.Object && r.Sequence > child.Sequence);
            if (parentRemove is not null && (childRemove is null || childRemove.Sequence > parentRemove.Sequence) && OpensOn(trace, child.Object, parentRemove.Sequence) is null)
                yield return $"U-5.15: the parent {parent.Device} had its REMOVE at {parentRemove.Sequence}, before its child {child.Object}";
        }
    }

    /// <summary>U-5.84: one request visits a stack from the top down.</summary>
    private static IEnumerable<string> TopDown(Trace trace)
    {
        var below = new Dictionary<VirtualAddress, VirtualAddress>();
        IrpRecord? last = null;
        foreach (var record in trace.Records)
        {
            if (record is ReferenceRecord { Counter: ReferenceCounter.Attachment } attach && attach.New > attach.Old)
                below[attach.Holder] = attach.Object;
            if (record is not IrpRecord { Step: IrpStep.Sent, Major: (byte)IrpMajor.Pnp } sent)
                continue;
            if (last is not null && last.Irp == sent.Irp && last.Minor == sent.Minor && last.Thread == sent.Thread && below.ContainsValue(sent.Device)
                && below.GetValueOrDefault(sent.Device) == last.Device)
                yield return $"U-5.84: request {sent.Irp} went up from {last.Device} to {sent.Device} at {sent.Sequence}";
            last = sent;
        }
    }

    /// <summary>U-3.73, U-3.48, U-3.47: CLEANUP, CLOSE, then the deferred DriverUnload, on another thread than the close.</summary>
    private static IEnumerable<string> Closes(Trace trace)
    {
        foreach (var close in trace.Of<IrpRecord>().Where(i => i.Step == IrpStep.Sent && i.Major == (byte)IrpMajor.Close && !i.FileObject.IsNull))
        {
            var made = trace.Of<IrpRecord>().LastOrDefault(i => i.Step == IrpStep.Sent && i.Major == (byte)IrpMajor.Create && i.FileObject == close.FileObject && i.Sequence < close.Sequence);
            var cleaned = trace.Of<IrpRecord>().LastOrDefault(i => i.Step == IrpStep.Sent && i.Major == (byte)IrpMajor.Cleanup && i.FileObject == close.FileObject && i.Sequence < close.Sequence);
            if (made is not null && !(cleaned?.Sequence > made.Sequence))
                yield return $"U-3.73: CLOSE of {close.FileObject} at {close.Sequence} came without its CLEANUP";
        }

        foreach (var invoked in trace.Of<UnloadRecord>().Where(u => u is { Step: UnloadStep.Invoked, By: Attempter.Io }))
        {
            var deferred = trace.Of<UnloadRecord>().LastOrDefault(u => u.Step == UnloadStep.Deferred && u.Driver == invoked.Driver && u.Sequence < invoked.Sequence);
            if (deferred is null)
                yield return $"U-3.44: the I/O manager called DriverUnload at {invoked.Sequence} without a deferred attempt";
            var close = trace.Of<IrpRecord>().LastOrDefault(i => i.Step == IrpStep.Sent && i.Major == (byte)IrpMajor.Close && i.Driver == invoked.Driver && i.Sequence < invoked.Sequence);
            if (close is not null && close.Sequence > deferred?.Sequence && close.Thread == invoked.Thread)
                yield return $"U-3.47: DriverUnload at {invoked.Sequence} ran on the thread that closed the handle";
            if (OpenOfDriver(trace, invoked) is { } open)
                yield return $"U-3.48: DriverUnload at {invoked.Sequence} was called while {open.Object} was open";
        }
    }

    /// <summary>U-3.21 to U-3.23, U-3.80: DriverUnload is called and returns, the object goes, then the image.</summary>
    private static IEnumerable<string> Unloads(Trace trace)
    {
        foreach (var group in trace.Of<UnloadRecord>().Where(u => !u.Driver.IsNull).GroupBy(u => u.DriverName))
        {
            var reached = UnloadStep.Refused;
            foreach (var step in group)
            {
                if (step.Step is UnloadStep.Refused or UnloadStep.Deferred)
                    continue;
                var expected = step.Step switch
                {
                    UnloadStep.Returned => UnloadStep.Invoked,
                    UnloadStep.ImageGone => UnloadStep.ObjectFreed,
                    _ => step.Step,
                };
                if (expected != step.Step && reached != expected)
                    yield return $"U-3.21: {step.Step} of {step.DriverName} at {step.Sequence} follows {reached}";
                reached = step.Step;
            }
        }
    }

    /// <summary>U-2.25, U-5.81: a device gets its START after AddDevice has put it on its stack, and no START after its REMOVE.</summary>
    private static IEnumerable<string> Starts(Trace trace)
    {
        foreach (var start in Pnp(trace, PnpMinor.StartDevice))
        {
            var made = trace.Of<ObjectRecord>().LastOrDefault(o => o.Created && o.Object == start.Device && o.Sequence < start.Sequence);
            if (made is null)
                yield return $"U-2.25: START at {start.Sequence} reached {start.Device}, which nobody had made";
        }
    }

    private static IrpRecord? LastBefore(IEnumerable<IrpRecord> records, IrpRecord at) =>
        records.LastOrDefault(r => r.Device == at.Device && r.Sequence < at.Sequence);

    private static bool HasSucceeded(Trace trace, IrpRecord sent) =>
        trace.Of<IrpRecord>().FirstOrDefault(i => i.Step == IrpStep.Completed && i.Irp == sent.Irp && i.Sequence > sent.Sequence) is { Status.IsSuccess: true };

    /// <summary>An open of a device of the stack that a REMOVE visits first, that still stands then.</summary>
    private static ReferenceRecord? OpensAt(Trace trace, IrpRecord remove) => OpensOn(trace, remove.Device, remove.Sequence);

    private static ReferenceRecord? OpensOn(Trace trace, VirtualAddress device, int until)
    {
        var taken = trace.Of<ReferenceRecord>().LastOrDefault(r => r.Counter == ReferenceCounter.IoCount && r.Object == device && r.Sequence < until);
        return taken is { New: > 0 } ? taken : null;
    }

    private static ReferenceRecord? OpenOfDriver(Trace trace, UnloadRecord invoked)
    {
        var devices = trace.Of<ReferenceRecord>().Where(r => r.Cause == ReferenceCause.DeviceOfDriver && r.Object == invoked.Driver && r.New > r.Old).Select(r => r.Holder).Distinct();
        return devices.Select(d => OpensOn(trace, d, invoked.Sequence)).FirstOrDefault(o => o is not null);
    }
}

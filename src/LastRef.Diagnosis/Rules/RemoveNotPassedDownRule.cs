namespace LastRef;

/// <summary>R-24: a driver in the stack completed IRP_MN_REMOVE_DEVICE instead of passing it down (U-5.81, U-5.83).</summary>
internal sealed class RemoveNotPassedDownRule : IDiagnosisRule
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnRemoveDevice = 0x02;

    public Reason Reason => Reason.RemoveNotPassedDown;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var reported = new HashSet<VirtualAddress>();
        var removals = situation.Records<IrpRecord>()
            .Where(r => r is { Major: IrpMjPnp, Minor: IrpMnRemoveDevice } && r.Step is IrpStep.Sent or IrpStep.Completed).ToList();
        for (var i = 0; i + 1 < removals.Count; i++)
        {
            // The last device that a request reached is the one that completed it.
            var (sent, completed) = (removals[i], removals[i + 1]);
            if (sent.Step != IrpStep.Sent || completed.Step != IrpStep.Completed || completed.Irp != sent.Irp
                || LowerOf(situation, sent) is not { } attach || !reported.Add(sent.Device))
                continue;
            var dispatch = situation.Calls.LastOrDefault(c => c.Irp == sent.Irp && c.Result is null && c.Sequence >= sent.Sequence && c.Sequence < completed.Sequence);
            var site = completed.Site ?? dispatch?.Target;
            var blame = situation.BlameOf(site);
            if (blame.Party == Party.System)
                continue;
            var lower = situation.Capture.DeviceAt(attach.Object);
            yield return situation.Find(
                Reason, blame,
                $"{blame.Image} completed IRP_MN_REMOVE_DEVICE itself instead of passing it down: the drivers below it, from {situation.NameOf(attach.Object)} on, never learn that the device is gone.",
                lower is not null && situation.IsDriver(lower.Driver) ? [situation.HolderOf(lower)] : [],
                [
                    Evidence.Seen(sent, "IRP_MN_REMOVE_DEVICE reached the driver"),
                    Evidence.Seen(completed, $"it was completed at {completed.Site}"),
                    Evidence.Absent($"it was never sent to {situation.NameOf(attach.Object)}, which was below"),
                    .. lower is null ? [] : new[] { Evidence.Memory(lower.Address, "DEVOBJ_EXTENSION.ExtensionFlags", (ulong)lower.ExtensionFlags, "no deletion of the device below is pending") },
                ],
                site, missing: "IoCallDriver with the device below was never called for it");
        }
    }

    /// <summary>The attachment of the device that a request was sent to above another; null when it is the bottom of its stack.</summary>
    private static ReferenceRecord? LowerOf(Situation situation, IrpRecord sent)
    {
        ReferenceRecord? attach = null;
        foreach (var record in situation.Records<ReferenceRecord>().Where(r => r.Counter == ReferenceCounter.Attachment && r.Holder == sent.Device))
        {
            if (record.Sequence > sent.Sequence)
                break;
            attach = record.New > record.Old ? record : null;
        }

        return attach;
    }
}

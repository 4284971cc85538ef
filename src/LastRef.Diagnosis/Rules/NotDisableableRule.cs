namespace LastRef;

/// <summary>R-26: the device is in the path of a paging, hibernation or dump file, or says that it cannot be disabled.</summary>
internal sealed class NotDisableableRule : IDiagnosisRule
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnQueryPnpDeviceState = 0x14;
    private const byte IrpMnDeviceUsageNotification = 0x16;

    public Reason Reason => Reason.NotDisableable;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Trace is null)
        {
            foreach (var node in situation.Capture.DeviceNodes.Where(n => (n.UserFlags & Nt.DeviceNodeUserFlags.NotDisableable) != 0).Take(Limits.Devices))
                yield return OfDump(situation, node);
            yield break;
        }

        var refusal = Refusal.Of(situation).LastOrDefault(r =>
            r.Veto.VetoType == Refusal.NonDisableable || (r.Veto.VetoType == Refusal.Device && DeviceUsage.IsInPath(situation, r)));
        if (refusal is null)
            yield break;
        var usage = DeviceUsage.Of(situation, refusal);
        yield return usage is not null ? InPath(situation, refusal, usage) : OfItself(situation, refusal);
    }

    /// <summary>A note: a dump does not tell whether a file of the system is on the device, and then it is as it should be.</summary>
    private static Finding OfDump(Situation situation, CapturedDeviceNode node) => situation.Find(
        Reason.NotDisableable, Blame.NotKnown,
        $"{node.InstancePath} says that it cannot be disabled: it can neither be removed nor be updated without a restart. With a paging, hibernation or dump file on it that is as it should be.",
        [], [Evidence.Memory(node.Address, "DEVICE_NODE.UserFlags", (ulong)node.UserFlags, "DNUF_NOT_DISABLEABLE: a driver of its stack reported PNP_DEVICE_NOT_DISABLEABLE")],
        null, isComplete: false)
        with { Counts = false };

    /// <summary>Legitimate (U-5.18, U-5.61): a restart is the only way, and nobody is to blame.</summary>
    private static Finding InPath(Situation situation, Refusal refusal, StimulusRecord usage)
    {
        var agreed = situation.Records<IrpRecord>().LastOrDefault(r =>
            r is { Step: IrpStep.Completed, Major: IrpMjPnp, Minor: IrpMnDeviceUsageNotification, Status.IsSuccess: true } && r.Sequence < refusal.Veto.Sequence);
        return situation.Find(
            Reason.NotDisableable, new Blame(Party.System, ""),
            $"{refusal.Subject} is in the path of a paging, hibernation or dump file: Windows cannot remove it, and a restart is needed. That is as it should be.",
            [],
            [
                Evidence.Seen(usage, "the system put such a file on the device"),
                .. agreed is null ? [] : new[] { Evidence.Seen(agreed, "IRP_MN_DEVICE_USAGE_NOTIFICATION succeeded") },
                Evidence.Seen(refusal.Veto, $"the removal was refused: veto type {refusal.Veto.VetoType}"),
            ],
            null)
            with { Counts = false, IsOver = refusal.IsOver };
    }

    /// <summary>No file of the system is on it: a driver of the stack says so of its own accord.</summary>
    private static Finding OfItself(Situation situation, Refusal refusal)
    {
        var answered = situation.Records<IrpRecord>().LastOrDefault(r => r is { Step: IrpStep.Completed, Major: IrpMjPnp, Minor: IrpMnQueryPnpDeviceState });
        var call = answered is null ? null : situation.Calls.FirstOrDefault(c =>
            c.Kind == DriverCallKind.Dispatch && c.Irp == answered.Irp && c.Result is null && situation.IsDriver(c.Driver));
        var site = situation.IsOurImage(answered?.Site?.Module) ? answered!.Site : call?.Target;
        var blame = site is null ? new Blame(Party.System, "") : situation.BlameOf(site);
        return situation.Find(
            Reason.NotDisableable, blame,
            $"{refusal.Subject} reports PNP_DEVICE_NOT_DISABLEABLE although no paging, hibernation or dump file is on it: it can neither be disabled nor updated without a restart.",
            [],
            [
                .. answered is null ? [] : new[] { Evidence.Seen(answered, "IRP_MN_QUERY_PNP_DEVICE_STATE was answered") },
                Evidence.Seen(refusal.Veto, "the removal was refused: veto type 10, PNP_VetoNonDisableable"),
            ],
            site, isComplete: site is not null)
            with { Counts = !refusal.IsOver && blame.Party != Party.System, IsOver = refusal.IsOver };
    }
}

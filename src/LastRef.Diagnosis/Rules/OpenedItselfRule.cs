namespace LastRef;

/// <summary>R-18: the driver holds an open of a device of its own, so only its own DriverUnload could let go.</summary>
internal sealed class OpenedItselfRule : IDiagnosisRule
{
    public Reason Reason => Reason.OpenedItself;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        foreach (var open in Opens.Of(situation).Where(o => o.Opener == OpenerKind.Itself && Opens.Blocks(situation, o.Device)))
        {
            if (!situation.IsDriver(open.Device.Driver))
                continue;
            yield return open.Doubted(situation.Find(
                Reason, situation.BlameDriver,
                $"{situation.Context.DriverImage} has its own device {situation.NameOf(open.Device)} open: DriverUnload is not called while it is, and only DriverUnload would close it.",
                [Opens.HolderOf(situation, open)],
                [
                    .. Opens.EvidenceOf(open),
                    .. open.Taken.Take(Limits.Devices).Select(record => Evidence.Seen(record, $"taken at {record.Site} ({record.Cause}), not given back")),
                ],
                open.Site, missing: "the file object was not dereferenced, or its handle not closed, before the stop"));
        }
    }
}

namespace LastRef;

/// <summary>R-11: a driver keeps a FILE_OBJECT, so the device counts as open although no process has a handle.</summary>
internal sealed class FileObjectKeptRule : IDiagnosisRule
{
    public Reason Reason => Reason.FileObjectKeptByDriver;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        foreach (var open in Opens.Of(situation).Where(o => Opens.Blocks(situation, o.Device)))
        {
            if (open.Opener == OpenerKind.Neighbour)
            {
                var site = open.Taken.FirstOrDefault(record => !situation.IsOurImage(record.Site?.Module))?.Site ?? open.Site;
                var blame = open.Keepers.Count > 0 ? open.Keepers[0].Blame : situation.BlameOf(site);
                yield return open.Doubted(situation.Find(
                    Reason, blame,
                    $"{blame.Image} keeps a file object of {situation.NameOf(open.Device)}: no process has a handle, yet the device counts as open, and DriverUnload is not called.",
                    [Opens.HolderOf(situation, open)], Evidence(open), site, missing: "ObDereferenceObject was never called for the file object"));
            }
            else if (open.Opener == OpenerKind.Unknown)
            {
                yield return situation.Find(
                    Reason, Blame.NotKnown,
                    $"{situation.NameOf(open.Device)} is open although no process has a handle and no request is pending: kernel code keeps its file object.",
                    [Opens.HolderOf(situation, open)], Evidence(open), null, isComplete: false);
            }
        }
    }

    private static IReadOnlyList<Evidence> Evidence(DeviceOpen open) =>
    [
        .. Opens.EvidenceOf(open),
        .. open.Taken.Take(Limits.Devices).Select(record => LastRef.Evidence.Seen(record, $"referenced at {record.Site} ({record.Cause}), not given back")),
    ];
}

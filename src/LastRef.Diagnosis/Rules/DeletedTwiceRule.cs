namespace LastRef;

/// <summary>R-45: IoDeleteDevice was called for a device that had been deleted.</summary>
internal sealed class DeletedTwiceRule : IDiagnosisRule
{
    public Reason Reason => Reason.DeletedTwice;

    public bool AppliesTo(RunEnd end) => true;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var deleted = new Dictionary<ulong, RoutineRecord>();
        foreach (var record in situation.Trace?.Records ?? [])
        {
            if (record is ObjectRecord { Created: true } made)
                deleted.Remove(made.Object.Value);
            if (record is not RoutineRecord { Routine: "IoDeleteDevice", Arguments.Count: > 0 } call || call.Site is null)
                continue;
            var device = call.Arguments[0].Value;
            if (deleted.TryAdd(device, call))
                continue;
            var blame = situation.BlameOf(call.Site);
            var crash = situation.Records<BugCheckRecord>().LastOrDefault();
            var name = situation.NameOf(new VirtualAddress(device));
            yield return situation.Find(
                Reason, blame,
                $"{blame.Image} deleted {name} twice: the second IoDeleteDevice works on freed memory.",
                [new Holder(HolderKind.Device, name, new VirtualAddress(device), null, call.Site)],
                [
                    Evidence.Seen(deleted[device], $"first deleted at {deleted[device].Site}"),
                    Evidence.Seen(call, $"deleted again at {call.Site}"),
                    .. crash is null ? [] : new[] { Evidence.Seen(crash, $"bug check 0x{crash.Code:X}: {crash.Explanation}") },
                ],
                call.Site);
            yield break;
        }
    }
}

namespace LastRef;

/// <summary>R-36: a driver object of IoCreateDriver outlives the image that its routines lie in.</summary>
internal sealed class SecondDriverObjectRule : IDiagnosisRule
{
    public Reason Reason => Reason.CreatedByIoCreateDriver;

    public bool AppliesTo(RunEnd end) => end is RunEnd.Completed or RunEnd.Crashed;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Image != ImageState.Gone)
            yield break;
        foreach (var second in situation.Trace is null ? situation.Capture.SecondDrivers.Take(Limits.Devices) : [])
        {
            yield return situation.Find(
                Reason, situation.BlameDriver, Summary(situation),
                [new Holder(HolderKind.DriverObject, second.Name, second.Address, null, null)],
                [Evidence.Memory(second.Address, "DRIVER_OBJECT.DriverInit", situation.Capture.ImageBase.Value, "its routines lie where the image was")],
                null, missing: "IoDeleteDriver was never called for it")
                with { Phase = Phase.C };
        }

        var freed = situation.Records<ObjectRecord>().Where(r => !r.Created).GroupBy(r => r.Object).ToDictionary(g => g.Key, g => g.Last().Sequence);
        foreach (var made in situation.Records<ObjectRecord>().Where(r => r is { Created: true, ObjectType: "Driver" } && situation.IsOurImage(r.Site?.Module)))
        {
            if (freed.TryGetValue(made.Object, out var at) && at > made.Sequence)
                continue;
            yield return situation.Find(
                Reason, situation.BlameDriver,
                Summary(situation),
                [new Holder(HolderKind.DriverObject, situation.PathOf(made.Object) ?? "driver object of IoCreateDriver", made.Object, null, made.Site)],
                [Evidence.Seen(made, $"made at {made.Site}"), Evidence.Absent("it was never freed")],
                made.Site, missing: "IoDeleteDriver was never called for it")
                with { Phase = Phase.C };
        }
    }

    private static string Summary(Situation situation) =>
        $"{situation.Context.DriverImage} made a second driver object with IoCreateDriver and left it behind: Windows refuses to unload it, and its routines lie in an image that is gone.";
}

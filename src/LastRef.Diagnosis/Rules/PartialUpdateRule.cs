namespace LastRef;

/// <summary>R-48: a set-up program restarted one device of a driver that it had replaced; the others keep the old image (U-3.52, U-5.62).</summary>
internal sealed class PartialUpdateRule : IDiagnosisRule
{
    public Reason Reason => Reason.ImageOfTwoServices;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var steps = situation.Records<StimulusRecord>().ToList();
        foreach (var update in steps.Where(s => s is { Kind: StimulusKind.UpdateDriver, Status.IsSuccess: true }))
        {
            var others = steps.Where(s => s.Kind == StimulusKind.StartDevice && s.Sequence < update.Sequence && s.Status is { IsSuccess: true }
                && !IsSame(s, update) && !steps.Exists(end => EndsUse(end.Kind) && IsSame(end, s) && end.Sequence > s.Sequence && end.Sequence < update.Sequence
                    && end.Status is { IsSuccess: true })).DistinctBy(s => s.Subject).ToList();
            var again = steps.Find(s => s.Kind == StimulusKind.StartDevice && IsSame(s, update) && s.Sequence > update.Sequence);
            var reloaded = situation.Records<ImageRecord>().Any(r => !r.Mapped && situation.IsOurImage(r.FileName)
                && r.Sequence > update.Sequence && r.Sequence < (again?.Sequence ?? int.MaxValue));
            if (others.Count == 0 || reloaded)
                continue;
            yield return Find(situation, update, others, again);
            yield break;
        }
    }

    private Finding Find(Situation situation, StimulusRecord update, List<StimulusRecord> others, StimulusRecord? again)
    {
        var client = situation.Context.Clients.FirstOrDefault(c => c.Party == Party.Client);
        var names = string.Join(", ", others.Select(o => o.Subject));
        return situation.Find(
            Reason, new Blame(Party.Client, client?.Image ?? ""),
            $"{client?.Image ?? "A set-up program"} replaced {situation.Context.DriverImage} and restarted {update.Subject} alone: {names} still {(others.Count == 1 ? "uses" : "use")} the old image, which stays in memory and serves all of them.",
            [],
            [
                .. others.Select(o => Evidence.Seen(o, $"{o.Subject} was started and is not stopped")),
                Evidence.Seen(update, $"{update.Subject} was taken down for the update"),
                .. again is null ? [] : new[] { Evidence.Seen(again, "it was started again, on the image that was still loaded") },
                Evidence.Absent("no attempt to unload the driver came in between"),
            ],
            null, missing: "the other devices of the driver were not stopped")
            with
            {
                Title = "Other devices keep the old driver",
                Phase = Phase.A0,
                Fix = "Stop every device of the driver before the new file is to be loaded, or ask for a restart.",
                Counts = client is not { IsOfLab: true },
                IsOver = true,
            };
    }

    private static bool IsSame(StimulusRecord one, StimulusRecord other) => one.Subject.Equals(other.Subject, StringComparison.OrdinalIgnoreCase);

    private static bool EndsUse(StimulusKind kind) => kind is StimulusKind.RemoveDevice or StimulusKind.SurpriseRemoval or StimulusKind.DisableDevice
        or StimulusKind.EjectDevice or StimulusKind.UninstallDevice;
}

namespace LastRef;

/// <summary>R-35: the service's key is gone, so NtUnloadDriver does not find the service of a driver that runs.</summary>
internal sealed class KeyDeletedRule : IDiagnosisRule
{
    public Reason Reason => Reason.ServiceKeyDeleted;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Attempt is not { State: AttemptState.Refused } || situation.IsPnp || situation.Driver is not { HasName: true } driver)
            yield break;
        var refused = situation.Records<UnloadRecord>().LastOrDefault(r =>
            r is { Step: UnloadStep.Refused, Driver.IsNull: true } && r.Status == NtStatus.ObjectNameNotFound && NamesDriver(r.DriverName, driver.Name));
        if (refused is null)
            yield break;
        var deleted = situation.Records<RoutineRecord>().LastOrDefault(r =>
            r.Routine is "ZwDeleteKey" or "NtDeleteKey" && r.Result == 0 && r.Sequence < refused.Sequence && r.Site is not null);
        var noted = situation.Records<StimulusRecord>().LastOrDefault(s => s.Kind == StimulusKind.DeleteServiceKey && s.Sequence < refused.Sequence);
        var client = situation.Context.Clients.FirstOrDefault(c => c.Party == Party.Client);
        var blame = deleted is not null ? situation.BlameOf(deleted.Site) : new Blame(Party.Client, client?.Image ?? "");
        var who = deleted is not null ? blame.Image : client?.Image ?? "somebody";
        yield return situation.Find(
            Reason, blame,
            $"{who} deleted the service key of {situation.Context.DriverImage} while the driver was loaded: every stop fails with STATUS_OBJECT_NAME_NOT_FOUND, and the image stays until a restart.",
            [new Holder(HolderKind.DriverObject, driver.Name ?? "driver object", driver.Address, ReferenceCounter.LoadCount, null)],
            [
                .. deleted is null ? [] : new[] { Evidence.Seen(deleted, $"{deleted.Routine} succeeded") },
                .. noted is null ? [] : new[] { Evidence.Seen(noted, "the key was deleted") },
                Evidence.Seen(refused, $"the attempt was refused with {refused.Status}"),
            ],
            deleted?.Site, isComplete: deleted is not null || noted is not null)
            with { Counts = deleted is not null || client is not { IsOfLab: true } };
    }

    private static bool NamesDriver(string servicePath, string? driverName) => driverName is not null
        && driverName[(driverName.LastIndexOf('\\') + 1)..].Equals(servicePath[(servicePath.LastIndexOf('\\') + 1)..], StringComparison.OrdinalIgnoreCase);
}

namespace LastRef;

/// <summary>R-01: DriverUnload is null, so nobody can attempt.</summary>
internal sealed class NoUnloadRoutineRule : IDiagnosisRule
{
    public Reason Reason => Reason.NoUnloadRoutine;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Driver is not { DriverUnload.IsNull: true, DriverSection.IsNull: false } driver
            || situation.EntryFailed || situation.Attempt.State is AttemptState.Running or AttemptState.Returned)
            yield break;
        var entry = situation.Calls.LastOrDefault(c => c.Kind == DriverCallKind.DriverEntry && situation.IsDriver(c.Driver) && c.Result is null);
        var evidence = new List<Evidence>
        {
            Evidence.Memory(driver.Address, "DRIVER_OBJECT.DriverUnload", 0, "DriverUnload is null"),
        };
        var refused = situation.Records<UnloadRecord>().LastOrDefault(r => r.Step == UnloadStep.Refused && situation.IsDriver(r.Driver));
        if (refused is not null)
            evidence.Add(Evidence.Seen(refused, $"the attempt was refused with {refused.Status}"));
        var summary = situation.IsPnp
            ? $"{situation.Context.DriverImage} sets no DriverUnload routine: after its last device is gone, the PnP manager has nothing to call and the image stays until a restart."
            : $"{situation.Context.DriverImage} sets no DriverUnload routine: Windows refuses every stop, and the image stays until a restart.";
        yield return situation.Find(
            Reason, situation.BlameDriver, summary,
            [new Holder(HolderKind.DriverObject, driver.Name ?? "driver object", driver.Address, ReferenceCounter.LoadCount, null)],
            evidence, entry?.Target, missing: "DriverObject->DriverUnload was never set")
            with { Phase = situation.IsPnp ? Phase.A0 : Phase.A1 };
    }
}

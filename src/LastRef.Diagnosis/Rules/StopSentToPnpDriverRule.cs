namespace LastRef;

/// <summary>R-02: somebody asked the service control manager to stop a PnP driver, which it never can.</summary>
internal sealed class StopSentToPnpDriverRule : IDiagnosisRule
{
    public Reason Reason => Reason.StopSentToPnpDriver;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (!situation.IsPnp || situation.Driver is { DriverUnload.IsNull: true })
            yield break;
        var refused = situation.Records<UnloadRecord>().FirstOrDefault(r =>
            r is { Step: UnloadStep.Refused, By: Attempter.Scm or Attempter.Driver } && situation.IsDriver(r.Driver)
            && r.Status == NtStatus.InvalidDeviceRequest);
        if (refused is null)
            yield break;
        var who = refused.By == Attempter.Scm ? "the service control manager" : "another driver";
        var evidence = new List<Evidence> { Evidence.Seen(refused, $"{who} was told {refused.Status}") };
        if (situation.Driver is { } driver)
            evidence.Add(Evidence.Memory(driver.Address, "DRIVER_EXTENSION.AddDevice", driver.AddDevice.Value, "AddDevice is set: the driver is a PnP driver"));
        yield return situation.Find(
            Reason, new Blame(Party.Client, ""),
            $"A stop was sent to {situation.Context.DriverImage}, a PnP driver: Windows refuses it with error 1052, whatever the driver does.",
            [], evidence, refused.Site)
            with { Counts = situation.Context.StopMustWork };
    }
}

namespace LastRef;

/// <summary>R-07: DriverEntry failed, and a device that it made keeps the driver object and so the image.</summary>
internal sealed class DeviceLeftByFailedDriverEntryRule : IDiagnosisRule
{
    public Reason Reason => Reason.DeviceLeftByFailedDriverEntry;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (!situation.EntryFailed || situation.Image != ImageState.Pinned)
            yield break;
        var devices = situation.Capture.DevicesOfDriver.Take(Limits.Devices).ToList();
        if (devices.Count == 0)
            yield break;
        var creation = situation.CreationOf(devices[0].Address);
        var status = situation.Calls.LastOrDefault(c => c.Kind == DriverCallKind.DriverEntry && c.Result is not null && situation.IsDriver(c.Driver));
        yield return situation.Find(
            Reason, situation.BlameDriver,
            $"DriverEntry of {situation.Context.DriverImage} failed with {situation.EntryStatus} and left {situation.NameOf(devices[0])}. "
            + "Windows does not call DriverUnload then: the device keeps the image, and the driver cannot be loaded again.",
            [.. devices.Select(d => situation.HolderOf(d))],
            [
                .. status is null ? [] : new[] { Evidence.Seen(status, $"DriverEntry returned {situation.EntryStatus}") },
                .. situation.Driver is { } driver
                    ? new[] { Evidence.Memory(driver.Address, "DRIVER_OBJECT.DeviceObject", devices[0].Address.Value, "the device list is not empty") } : [],
                .. creation is null ? [] : new[] { Evidence.Seen(creation, $"made at {creation.Site}") },
            ],
            creation?.Site, missing: $"IoDeleteDevice was not called for {situation.NameOf(devices[0])} before DriverEntry returned");
    }
}

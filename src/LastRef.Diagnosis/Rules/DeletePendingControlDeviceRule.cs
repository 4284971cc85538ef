namespace LastRef;

/// <summary>R-50: the last device of a PnP driver went when nobody looked any more.</summary>
internal sealed class DeletePendingControlDeviceRule : IDiagnosisRule
{
    public Reason Reason => Reason.DeletePendingControlDevice;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (!situation.IsPnp || situation.EntryFailed || situation.Image != ImageState.Loaded
            || situation.Driver is not { DriverUnload.IsNull: false } driver || !driver.Devices.IsComplete || driver.Devices.Items.Count != 0
            || situation.Attempt.State is not (AttemptState.None or AttemptState.Refused))
            yield break;
        var freed = situation.Records<ObjectRecord>().LastOrDefault(r =>
            r is { Created: false, ObjectType: "Device" } && situation.OwnerOf(r.Object) == driver.Address);
        if (freed is null && situation.Trace is not null)
            yield break;
        yield return situation.Find(
            Reason, situation.BlameDriver,
            $"{situation.Context.DriverImage} has no device left, but its last one went only after the last removal: nobody asks again, and the driver stays loaded and idle.",
            [new Holder(HolderKind.DriverObject, driver.Name ?? "driver object", driver.Address, ReferenceCounter.LoadCount, null)],
            [
                Evidence.Memory(driver.Address, "DRIVER_OBJECT.DeviceObject", 0, "the device list is empty"),
                Evidence.Memory(driver.Address, "DRIVER_OBJECT.Flags", (ulong)driver.Flags, "DriverUnload was not invoked"),
                .. freed is null ? [] : new[] { Evidence.Seen(freed, $"the last device, {situation.NameOf(freed.Object)}, was freed") },
            ],
            freed is null ? null : situation.CreationOf(freed.Object)?.Site);
    }
}

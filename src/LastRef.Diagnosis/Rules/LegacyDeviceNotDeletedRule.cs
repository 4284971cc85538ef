namespace LastRef;

/// <summary>DriverUnload returned and left a device: rule L-5, without a number of its own in the catalogue (U-3.22, U-4.17).</summary>
internal sealed class LegacyDeviceNotDeletedRule : IDiagnosisRule
{
    public Reason Reason => Reason.Unlisted;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Image != ImageState.Pinned || situation.EntryFailed)
            yield break;
        foreach (var device in LeftByUnload(situation).Where(d => RegistrationOnDeviceRule.RegisteredWith(situation, d) is null))
        {
            var creation = situation.CreationOf(device.Address);
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"DriverUnload of {situation.Context.DriverImage} returned without deleting {situation.NameOf(device)}: the device references the driver object, so the image stays.",
                [situation.HolderOf(device)],
                [
                    Evidence.Memory(device.Address, "DEVICE_OBJECT.DriverObject", device.Driver.Value, "the device is in the driver's list"),
                    Evidence.Memory(device.Address, "DEVOBJ_EXTENSION.ExtensionFlags", (ulong)device.ExtensionFlags, "no deletion of it is pending"),
                    .. creation is null ? [] : new[] { Evidence.Seen(creation, $"made at {creation.Site}") },
                ],
                creation?.Site, missing: $"IoDeleteDevice was never called for {situation.NameOf(device)}", rule: "L-5")
                with { Title = "Device not deleted in DriverUnload", Phase = Phase.B, Fix = "Call IoDeleteDevice in DriverUnload for every device that the driver made, on every path." };
        }
    }

    /// <summary>Devices that DriverUnload should have deleted.</summary>
    internal static IEnumerable<CapturedDevice> LeftByUnload(Situation situation) =>
        situation.Capture.DevicesOfDriver.Where(d => d.IsListed && !d.IsDeletePending).Take(Limits.Devices);
}

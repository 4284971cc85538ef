using LastRef.Nt;

namespace LastRef;

/// <summary>R-31: DriverUnload returned and a device with a shutdown or WMI registration was never deleted.</summary>
internal sealed class RegistrationOnDeviceRule : IDiagnosisRule
{
    public Reason Reason => Reason.RegistrationOnDeviceNotDeleted;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Image != ImageState.Pinned || situation.EntryFailed)
            yield break;
        foreach (var device in LegacyDeviceNotDeletedRule.LeftByUnload(situation))
        {
            if (RegisteredWith(situation, device) is not { } what)
                continue;
            var taken = situation.Ledger.Outstanding(device.Address, ReferenceCounter.PointerCount)
                .LastOrDefault(r => r.Cause is ReferenceCause.ShutdownNotification or ReferenceCause.Registration);
            var begin = situation.Records<RegistrationRecord>().LastOrDefault(r => r.Begin && r.Subject == device.Address
                && r.Kind is RegistrationKind.ShutdownNotification or RegistrationKind.Wmi);
            var site = taken?.Site ?? begin?.Site ?? situation.CreationOf(device.Address)?.Site;
            TraceRecord? record = taken is not null ? taken : begin;
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"{situation.NameOf(device)} of {situation.Context.DriverImage} is registered for {what} and was never deleted: DriverUnload ran, but the device keeps the image.",
                [situation.HolderOf(device)],
                [
                    Evidence.Memory(device.Address, "DEVICE_OBJECT.Flags", (ulong)device.Flags, $"the device is registered for {what}"),
                    Evidence.Memory(device.Address, "DEVOBJ_EXTENSION.ExtensionFlags", (ulong)device.ExtensionFlags, "no deletion of it is pending"),
                    .. record is null ? [] : new[] { Evidence.Seen(record, $"registered at {record.Site}") },
                ],
                site, missing: $"neither was the registration undone nor IoDeleteDevice called for {situation.NameOf(device)}");
        }
    }

    /// <summary>What a device is registered for that ends with its deletion; null when nothing.</summary>
    internal static string? RegisteredWith(Situation situation, CapturedDevice device) =>
        (device.Flags & DeviceFlags.ShutdownRegistered) != 0 ? "the shutdown notification"
        : situation.Capture.Registrations.Any(r => r.Kind == RegistrationKind.Wmi && r.Subject == device.Address) ? "WMI"
        : null;
}

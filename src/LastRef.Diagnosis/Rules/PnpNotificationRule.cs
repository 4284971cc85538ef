namespace LastRef;

/// <summary>R-13: a registration for PnP notification keeps the driver object.</summary>
internal sealed class PnpNotificationRule : IDiagnosisRule
{
    public Reason Reason => Reason.PnpNotificationNotUnregistered;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Image != ImageState.Pinned)
            yield break;
        if (situation.Trace is null)
        {
            foreach (var root in situation.Capture.Registrations
                .Where(r => r.Kind == RegistrationKind.PnpNotification && situation.IsDriver(r.Subject)).Take(Limits.Devices))
            {
                yield return situation.Find(
                    Reason, situation.BlameDriver, Summary(situation),
                    [new Holder(HolderKind.Registration, "PnP notification", root.Address, ReferenceCounter.PointerCount, null)],
                    [
                        Evidence.Memory(root.Address, "PNP_NOTIFY_ENTRY.DriverObject", root.Subject.Value, "the registration references the driver object"),
                        Evidence.Memory(root.Address, "PNP_NOTIFY_ENTRY.CallbackRoutine", root.Routine.Value, "its routine"),
                    ],
                    null, missing: "IoUnregisterPlugPlayNotificationEx was never called");
            }

            yield break;
        }

        foreach (var taken in situation.Ledger.Outstanding(situation.Capture.DriverAddress, ReferenceCounter.PointerCount)
            .Where(r => r.Cause == ReferenceCause.PnpNotification).Take(Limits.Devices))
        {
            yield return situation.Find(
                Reason, situation.BlameDriver,
                Summary(situation),
                [new Holder(HolderKind.Registration, "PnP notification", taken.Holder, ReferenceCounter.PointerCount, taken.Site)],
                [
                    Evidence.Seen(taken, $"registered at {taken.Site}"),
                    Evidence.Absent("no IoUnregisterPlugPlayNotificationEx for it followed"),
                    .. situation.Driver is { } driver
                        ? new[] { Evidence.Memory(driver.Address, "OBJECT_HEADER.PointerCount", (ulong)driver.PointerCount, $"the driver object has {driver.PointerCount} reference(s)") } : [],
                ],
                taken.Site, missing: "IoUnregisterPlugPlayNotificationEx was never called");
        }
    }

    private static string Summary(Situation situation) =>
        $"{situation.Context.DriverImage} registered for PnP notifications and never took that back: each registration references the driver object, so DriverUnload ran, but the image stays.";
}

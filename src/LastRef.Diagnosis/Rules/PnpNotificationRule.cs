namespace LastRef;

/// <summary>R-13: a registration for PnP notification keeps the driver object.</summary>
internal sealed class PnpNotificationRule : IDiagnosisRule
{
    public Reason Reason => Reason.PnpNotificationNotUnregistered;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Image != ImageState.Pinned)
            yield break;
        foreach (var taken in situation.Ledger.Outstanding(situation.Capture.DriverAddress, ReferenceCounter.PointerCount)
            .Where(r => r.Cause == ReferenceCause.PnpNotification).Take(Limits.Devices))
        {
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"{situation.Context.DriverImage} registered for PnP notifications and never took that back: each registration references the driver object, so DriverUnload ran, but the image stays.",
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
}

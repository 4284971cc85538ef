namespace LastRef;

/// <summary>R-14: a registration for changes of file systems keeps the driver object (U-6.24).</summary>
internal sealed class FsRegistrationChangeRule : IDiagnosisRule
{
    public Reason Reason => Reason.FsRegistrationChangeNotUnregistered;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Image != ImageState.Pinned)
            yield break;
        if (situation.Trace is null)
        {
            foreach (var root in situation.Capture.Registrations
                .Where(r => r.Kind == RegistrationKind.FileSystemNotification && situation.IsDriver(r.Subject)).Take(Limits.Devices))
            {
                yield return situation.Find(
                    Reason, situation.BlameDriver, Summary(situation),
                    [new Holder(HolderKind.Registration, "file system change notification", root.Address, ReferenceCounter.PointerCount, null)],
                    [
                        Evidence.Memory(root.Address, "NOTIFICATION_PACKET.DriverObject", root.Subject.Value, "the registration references the driver object"),
                        Evidence.Memory(root.Address, "routine", root.Routine.Value, "its routine"),
                    ],
                    null, missing: "IoUnregisterFsRegistrationChange was never called");
            }

            yield break;
        }

        foreach (var taken in situation.Ledger.Outstanding(situation.Capture.DriverAddress, ReferenceCounter.PointerCount)
            .Where(r => r.Cause == ReferenceCause.FileSystemNotification).Take(Limits.Devices))
        {
            yield return situation.Find(
                Reason, situation.BlameDriver, Summary(situation),
                [new Holder(HolderKind.Registration, "file system change notification", taken.Holder, ReferenceCounter.PointerCount, taken.Site)],
                [
                    Evidence.Seen(taken, $"registered at {taken.Site}"),
                    Evidence.Absent("no IoUnregisterFsRegistrationChange for it followed"),
                    .. situation.Driver is { } driver
                        ? new[] { Evidence.Memory(driver.Address, "OBJECT_HEADER.PointerCount", (ulong)driver.PointerCount, $"the driver object has {driver.PointerCount} reference(s)") } : [],
                ],
                taken.Site, missing: "IoUnregisterFsRegistrationChange was never called");
        }
    }

    private static string Summary(Situation situation) =>
        $"{situation.Context.DriverImage} asked to be told of file systems that come and go, and never took that back: the registration references the driver object, so DriverUnload ran, but the image stays.";
}

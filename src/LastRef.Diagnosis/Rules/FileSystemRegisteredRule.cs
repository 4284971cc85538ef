namespace LastRef;

/// <summary>R-15: a registered file system's control device counts as open, so the attempt waits (U-6.19).</summary>
internal sealed class FileSystemRegisteredRule : IDiagnosisRule
{
    public Reason Reason => Reason.FileSystemRegistered;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Attempt.State != AttemptState.Deferred)
            yield break;
        foreach (var registration in situation.Capture.Registrations.Where(r => r.Kind == RegistrationKind.FileSystem).Take(Limits.Devices))
        {
            if (situation.Capture.DeviceAt(registration.Subject) is not { IoCount: > 0 } device || !situation.IsDriver(device.Driver))
                continue;
            var taken = situation.Ledger.Outstanding(device.Address, ReferenceCounter.IoCount)
                .LastOrDefault(r => r.Cause == ReferenceCause.FileSystemRegistration);
            var opens = situation.Capture.Files.Count(f => f.Device == device.Address);
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"{situation.NameOf(device)} is registered as a file system: the registration counts as an open, so the stop is accepted, but DriverUnload is not called before IoUnregisterFileSystem.",
                [new Holder(HolderKind.Registration, "file system registration", device.Address, ReferenceCounter.IoCount, taken?.Site)],
                [
                    Evidence.Memory(device.Address, "DEVICE_OBJECT.ReferenceCount", (ulong)device.IoCount, $"the device counts {device.IoCount} open(s), and {opens} file object(s) name it"),
                    Evidence.Memory(device.Address, "DEVOBJ_EXTENSION.ExtensionFlags", (ulong)device.ExtensionFlags, "the unload is pending"),
                    .. taken is null ? [] : new[] { Evidence.Seen(taken, $"registered at {taken.Site}") },
                ],
                taken?.Site, missing: $"IoUnregisterFileSystem was not called for {situation.NameOf(device)} before the stop", isComplete: taken is not null);
        }
    }
}

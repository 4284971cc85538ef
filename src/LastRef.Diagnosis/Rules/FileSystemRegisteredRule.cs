namespace LastRef;

/// <summary>R-15: a registered file system's control device counts as open (U-6.19), and so does the disk of a mounted volume (U-6.18).</summary>
internal sealed class FileSystemRegisteredRule : IDiagnosisRule
{
    public Reason Reason => Reason.FileSystemRegistered;

    public IEnumerable<Finding> Apply(Situation situation) =>
        situation.Attempt.State == AttemptState.Deferred ? [.. Registered(situation), .. Mounted(situation)] : [];

    private IEnumerable<Finding> Registered(Situation situation)
    {
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

    /// <summary>The file system keeps file objects of its own on a volume; each is an open of the storage device until it dismounts.</summary>
    private IEnumerable<Finding> Mounted(Situation situation)
    {
        foreach (var device in situation.Capture.DevicesOfDriver.Where(d => d is { IoCount: > 0, Volume: not null }).Take(Limits.Devices))
        {
            var volume = device.Volume!;
            var files = situation.Capture.Files.Where(f => f.Device == device.Address && Opens.IsOfVolume(device, f)).Take(Limits.Devices).ToList();
            if (files.Count == 0)
                continue;
            var taken = files.Select(file => situation.Ledger.Outstanding(device.Address, ReferenceCounter.IoCount).LastOrDefault(r => r.Holder == file.Address)).ToList();
            var isOurs = situation.IsDriver(volume.Driver);
            var blame = isOurs ? situation.BlameDriver : situation.BlameOf(taken[0]?.Site);
            var fileSystem = volume.FileSystem ?? "a file system";
            yield return situation.Find(
                Reason, blame,
                $"the volume of {situation.NameOf(device)} is mounted by {fileSystem}, whose own file object counts as an open of the device: the stop is accepted, but DriverUnload is not called before the volume is dismounted.",
                [.. files.Select((file, i) => new Holder(HolderKind.FileObject, $"file object of the volume that {fileSystem} has mounted", file.Address, ReferenceCounter.IoCount, taken[i]?.Site))],
                [
                    Evidence.Memory(device.Address, "DEVICE_OBJECT.ReferenceCount", (ulong)device.IoCount, $"the device counts {device.IoCount} open(s)"),
                    Evidence.Memory(volume.Vpb, "VPB.ReferenceCount", volume.Count, $"the volume counts {volume.Count} open(s); {fileSystem} has mounted it"),
                    Evidence.Memory(files[0].Address, "FILE_OBJECT.Flags", (ulong)files[0].Flags, "FO_STREAM_FILE: no process has opened it"),
                    .. taken.OfType<ReferenceRecord>().Select(record => Evidence.Seen(record, $"made at {record.Site}")),
                ],
                taken[0]?.Site, missing: $"the volume of {situation.NameOf(device)} was not dismounted before the stop", isComplete: taken[0] is not null);
        }
    }
}

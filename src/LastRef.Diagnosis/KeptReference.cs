namespace LastRef;

/// <summary>An explicit reference to the driver object or one of its devices that was never given back.</summary>
/// <param name="Name">The object, for people.</param>
/// <param name="Blame">Whose code took it.</param>
/// <param name="Site">Where it was taken; null when memory alone does not tell it.</param>
/// <param name="Taking">The fact that it was taken.</param>
internal sealed record KeptReference(
    VirtualAddress Object, string Name, bool IsDriverObject, Blame Blame, CallSite? Site, ReferenceCause Cause, Evidence Taking)
{
    /// <summary>False when only the object's address was found with the one who is blamed.</summary>
    public bool IsRecorded { get; init; } = true;

    /// <summary>The volume whose mount took it; null for others. The I/O manager took it for the file system, which gives it back when it dismounts.</summary>
    public CapturedVolume? Volume { get; init; }

    /// <summary>True when it is a handle's, which ZwClose gives back.</summary>
    public bool IsHandle => Cause == ReferenceCause.OpenHandle;

    /// <summary>True when it is an error log entry's, which writing or freeing the entry gives back.</summary>
    public bool IsErrorLogEntry => Cause == ReferenceCause.ErrorLogEntry;

    /// <summary>What the one who is blamed does with the object.</summary>
    public string Keeps => Volume is not null ? "still has a volume mounted on" : IsHandle ? "keeps a handle to" : IsRecorded ? "keeps a reference to" : "keeps the address of";

    /// <summary>
    /// Such references, oldest first: all of them while the image is pinned. Before DriverUnload has run the driver may still give its
    /// own back, so then only those of neighbours that have left memory, which nobody can.
    /// </summary>
    public static IEnumerable<KeptReference> Of(Situation situation)
    {
        if (situation.Image == ImageState.Gone)
            yield break;
        var objects = situation.Capture.DevicesOfDriver.Take(Limits.Devices * Limits.Devices).Select(d => (d.Address, situation.NameOf(d), false)).ToList();
        if (situation.Driver is { } driver)
            objects.Add((driver.Address, driver.Name ?? "the driver object", true));
        foreach (var (address, name, isDriverObject) in objects)
        {
            foreach (var keeper in situation.Trace is null && situation.Image == ImageState.Pinned ? MemoryKeeper.Of(situation, address) : [])
                yield return new KeptReference(address, name, isDriverObject, keeper.Blame, keeper.Site, ReferenceCause.ExplicitReference, keeper.Evidence) { IsRecorded = keeper.IsRecorded };
            foreach (var taken in situation.Ledger.Outstanding(address, ReferenceCounter.PointerCount)
                .Where(r => ReferenceLedger.IsUnnamed(r.Cause) || r.Cause == ReferenceCause.ErrorLogEntry || (r.Cause == ReferenceCause.OpenHandle && r.Site is not null)))
            {
                if (situation.Image != ImageState.Pinned && !IsOfOneThatLeft(situation, taken))
                    continue;
                if (taken.Cause == ReferenceCause.VolumeMount && VolumeOn(situation, address) is { } volume)
                {
                    // Who opened the disk has caused the mount and has nothing to give back.
                    yield return new KeptReference(
                        address, name, isDriverObject, situation.BlameOfDriver(volume.Driver, volume.FileSystem), null, taken.Cause,
                        Evidence.Seen(taken, $"taken for the mount by {volume.FileSystem ?? "a file system"}, not given back")) { Volume = volume };
                }
                else
                {
                    yield return new KeptReference(
                        address, name, isDriverObject, situation.BlameOf(taken.Site), taken.Site, taken.Cause,
                        Evidence.Seen(taken, $"taken at {taken.Site} ({taken.Cause}), not given back"));
                }
            }
        }
    }

    /// <summary>What such a reference does, as the second half of a sentence.</summary>
    public static string Effect(Situation situation) => situation.Image == ImageState.Pinned
        ? "DriverUnload ran, but the image stays"
        : "once DriverUnload runs, the image will stay all the same, for the one that took it has left memory";

    /// <summary>The finding for it.</summary>
    public Finding Report(Situation situation, Reason reason, Blame blame, string summary)
    {
        var evidence = new List<Evidence> { Taking };
        if (situation.Capture.BalanceOf(Object, ReferenceCounter.PointerCount) is { } balance)
        {
            evidence.Add(Evidence.Memory(Object, "OBJECT_HEADER.PointerCount", (ulong)balance.Value,
                $"{balance.Value} reference(s), of which holders in memory explain {balance.Explained}"));
        }

        if (situation.Capture.DeviceAt(Object) is { IsListed: false })
            evidence.Add(Evidence.Memory(Object, "DEVICE_OBJECT.NextDevice", 0, "the device is deleted (in no list), but its memory stays and keeps the driver object"));
        var finding = situation.Find(
            reason, blame, summary,
            [new Holder(IsHandle ? HolderKind.Handle : Volume is not null ? HolderKind.Volume : HolderKind.Unexplained, $"{What} to {Name}", Object, ReferenceCounter.PointerCount, Site)],
            evidence, Site, missing: Missing, isComplete: IsRecorded)
            with { Fix = FixOf(reason) };
        return IsRecorded ? finding : finding with { Unobserved = [MemoryKeeper.Doubt, .. finding.Unobserved] };
    }

    private string FixOf(Reason reason) => Volume is not null
        ? "Have the volume dismounted before the stop, with FSCTL_LOCK_VOLUME and FSCTL_DISMOUNT_VOLUME: its file system gives the reference back then."
        : IsErrorLogEntry
            ? "Hand every error log entry that IoAllocateErrorLogEntry gave to IoWriteErrorLogEntry or IoFreeErrorLogEntry."
            : Reasons.Of(reason).Fix;

    private string What => Volume is not null ? "mounted volume's reference" : IsHandle ? "handle" : IsErrorLogEntry ? "error log entry's reference" : "reference";

    private string Missing => Volume is not null
        ? $"the volume of {Name} was not dismounted"
        : IsHandle
            ? $"ZwClose was never called for the handle to {Name}"
            : IsErrorLogEntry
                ? "neither IoWriteErrorLogEntry nor IoFreeErrorLogEntry was ever called for the entry"
                : $"ObDereferenceObject was never called for {Name}";

    /// <summary>The volume that is mounted on a device, or on one below it whose stack it tops.</summary>
    private static CapturedVolume? VolumeOn(Situation situation, VirtualAddress device) => situation.Capture.Devices
        .FirstOrDefault(d => d.Volume is not null && (d.Address == device || d.Above.Contains(device)))?.Volume;

    private static bool IsOfOneThatLeft(Situation situation, ReferenceRecord taken) =>
        taken.Site?.Module is { } module && !situation.IsOurImage(module)
        && !situation.Capture.Modules.Any(m => string.Equals(m.Name, module, StringComparison.OrdinalIgnoreCase))
        && situation.Records<ImageRecord>().LastOrDefault(i => string.Equals(i.FileName, module, StringComparison.OrdinalIgnoreCase)) is { Mapped: false };
}

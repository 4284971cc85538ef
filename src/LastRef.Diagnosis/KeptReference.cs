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

    /// <summary>True when it is a handle's, which ZwClose gives back.</summary>
    public bool IsHandle => Cause == ReferenceCause.OpenHandle;

    /// <summary>True when it is an error log entry's, which writing or freeing the entry gives back.</summary>
    public bool IsErrorLogEntry => Cause == ReferenceCause.ErrorLogEntry;

    /// <summary>What the one who is blamed does with the object.</summary>
    public string Keeps => IsHandle ? "keeps a handle to" : IsRecorded ? "keeps a reference to" : "keeps the address of";

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
                if (situation.Image == ImageState.Pinned || IsOfOneThatLeft(situation, taken))
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
        return situation.Find(
            reason, blame, summary,
            [new Holder(IsHandle ? HolderKind.Handle : HolderKind.Unexplained, $"{What} to {Name}", Object, ReferenceCounter.PointerCount, Site)],
            evidence, Site, missing: Missing, isComplete: IsRecorded)
            with { Fix = IsErrorLogEntry ? "Hand every error log entry that IoAllocateErrorLogEntry gave to IoWriteErrorLogEntry or IoFreeErrorLogEntry." : Reasons.Of(reason).Fix };
    }

    private string What => IsHandle ? "handle" : IsErrorLogEntry ? "error log entry's reference" : "reference";

    private string Missing => IsHandle
        ? $"ZwClose was never called for the handle to {Name}"
        : IsErrorLogEntry
            ? "neither IoWriteErrorLogEntry nor IoFreeErrorLogEntry was ever called for the entry"
            : $"ObDereferenceObject was never called for {Name}";

    private static bool IsOfOneThatLeft(Situation situation, ReferenceRecord taken) =>
        taken.Site?.Module is { } module && !situation.IsOurImage(module)
        && !situation.Capture.Modules.Any(m => string.Equals(m.Name, module, StringComparison.OrdinalIgnoreCase))
        && situation.Records<ImageRecord>().LastOrDefault(i => string.Equals(i.FileName, module, StringComparison.OrdinalIgnoreCase)) is { Mapped: false };
}

namespace LastRef;

/// <summary>An explicit reference to the driver object or one of its devices that was never given back.</summary>
/// <param name="Name">The object, for people.</param>
internal sealed record KeptReference(VirtualAddress Object, string Name, bool IsDriverObject, ReferenceRecord Taken)
{
    /// <summary>Such references while the image is pinned, oldest first.</summary>
    public static IEnumerable<KeptReference> Of(Situation situation)
    {
        if (situation.Image != ImageState.Pinned)
            yield break;
        var objects = situation.Capture.DevicesOfDriver.Take(Limits.Devices * Limits.Devices).Select(d => (d.Address, situation.NameOf(d), false)).ToList();
        if (situation.Driver is { } driver)
            objects.Add((driver.Address, driver.Name ?? "the driver object", true));
        foreach (var (address, name, isDriverObject) in objects)
        {
            foreach (var taken in situation.Ledger.Outstanding(address, ReferenceCounter.PointerCount).Where(r => ReferenceLedger.IsUnnamed(r.Cause)))
                yield return new KeptReference(address, name, isDriverObject, taken);
        }
    }

    /// <summary>The finding for it.</summary>
    public Finding Report(Situation situation, Reason reason, Blame blame, string summary)
    {
        var evidence = new List<Evidence> { Evidence.Seen(Taken, $"taken at {Taken.Site} ({Taken.Cause}), not given back") };
        if (situation.Capture.BalanceOf(Object, ReferenceCounter.PointerCount) is { } balance)
        {
            evidence.Add(Evidence.Memory(Object, "OBJECT_HEADER.PointerCount", (ulong)balance.Value,
                $"{balance.Value} reference(s), of which holders in memory explain {balance.Explained}"));
        }

        if (situation.Capture.DeviceAt(Object) is { IsListed: false })
            evidence.Add(Evidence.Memory(Object, "DEVICE_OBJECT.NextDevice", 0, "the device is deleted (in no list), but its memory stays and keeps the driver object"));
        return situation.Find(
            reason, blame, summary,
            [new Holder(HolderKind.Unexplained, $"reference to {Name}", Object, ReferenceCounter.PointerCount, Taken.Site)],
            evidence, Taken.Site, missing: $"ObDereferenceObject was never called for {Name}");
    }
}

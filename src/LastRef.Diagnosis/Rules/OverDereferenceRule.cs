namespace LastRef;

/// <summary>R-33: a driver gave back a reference that nobody had taken.</summary>
internal sealed class OverDereferenceRule : IDiagnosisRule
{
    private const uint ReferenceByPointer = 0x18;
    private const uint DriverVerifierDetectedViolation = 0xC4;
    private const ulong ReferenceFromZero = 0x3F;

    public Reason Reason => Reason.OverDereference;

    public bool AppliesTo(RunEnd end) => true;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Trace is null)
        {
            if (OfDump(situation) is { } broken)
                yield return broken;
            yield break;
        }

        if (situation.Records<BugCheckRecord>().LastOrDefault() is not { } crash)
        {
            if (WithoutCrash(situation) is { } early)
                yield return early;
            yield break;
        }

        var named = crash.Code == ReferenceByPointer || (crash.Code == DriverVerifierDetectedViolation && crash.Parameter1 == ReferenceFromZero)
            ? new VirtualAddress(crash.Parameter2) : default;
        // The crash comes later than the mistake: the call that dropped what it did not own is the one without a partner.
        var culprit = situation.Ledger.Unmatched.FirstOrDefault(r => r.Site is not null && ReferenceLedger.IsUnnamed(r.Cause)
            && (named.IsNull ? WasFreedAfter(situation, r) : r.Object == named));
        if (culprit is null && named.IsNull)
            yield break;
        var held = culprit?.Object ?? named;
        TraceRecord source = culprit is not null ? culprit : crash;
        var blame = situation.BlameOf(source.Site);
        if (blame.Party == Party.System)
            blame = situation.BlameDriver;
        var image = situation.Capture.ModuleOf(held)?.Name;
        yield return situation.Find(
            Reason, blame,
            image is null
                ? $"{blame.Image} dereferenced {situation.NameOf(held)} once more than it had referenced it: the object dies while it is in use, and the machine stops with bug check 0x{crash.Code:X}."
                : $"{blame.Image} dereferenced {held}, which is no object but memory of the image {image}: the machine stops with bug check 0x{crash.Code:X}.",
            [new Holder(HolderKind.Unexplained, image is null ? situation.NameOf(held) : $"{held} in {image}", held, ReferenceCounter.PointerCount, source.Site)],
            [
                Evidence.Seen(crash, $"bug check 0x{crash.Code:X}: {crash.Explanation}"),
                .. culprit is null ? [] : new[] { Evidence.Seen(culprit, $"PointerCount {culprit.Old} -> {culprit.New} at {culprit.Site}, with no reference left to give back") },
            ],
            source.Site, isComplete: culprit is not null && !situation.Ledger.IsAmbiguous(held));
    }

    /// <summary>A device leaves its driver's list before its memory is given back (U-3.65): memory that is gone from the list lost its last reference too early.</summary>
    private Finding? OfDump(Situation situation)
    {
        if (situation.Driver is not { BrokenDevice: { IsNull: false } broken } driver)
            return null;
        return situation.Find(
            Reason, situation.BlameDriver,
            $"The device list of {driver.Name ?? situation.Context.DriverImage} leads to {broken}, where no device object stands any more: its last reference was given back while it was in the list.",
            [new Holder(HolderKind.Unexplained, $"what was a device at {broken}", broken, ReferenceCounter.PointerCount, null)],
            [
                Evidence.Memory(driver.Address, "DRIVER_OBJECT.DeviceObject", driver.FirstDevice.Value, "the driver's device list"),
                Evidence.Memory(broken, "DEVICE_OBJECT.Type", 0, "no device object is at an address in that list"),
            ],
            null, isComplete: false) is var finding
            ? finding with { Unobserved = [.. finding.Unobserved, "whether the device was freed or its memory overwritten"] }
            : null;
    }

    /// <summary>The count went too low and nothing has crashed yet: the call that did it is known all the same.</summary>
    private Finding? WithoutCrash(Situation situation)
    {
        var culprit = situation.Ledger.Unmatched.FirstOrDefault(r => r is { Site: not null, Counter: ReferenceCounter.PointerCount, ObjectType: "Device" or "Driver" or "File" }
            && ReferenceLedger.IsUnnamed(r.Cause));
        if (culprit is null)
            return null;
        var blame = situation.BlameOf(culprit.Site);
        return situation.Find(
            Reason, blame,
            $"{blame.Image} dereferenced {situation.NameOf(culprit.Object)} once more than it had referenced it: the count is lower than what holds the object, which dies while it is in use.",
            [new Holder(HolderKind.Unexplained, situation.NameOf(culprit.Object), culprit.Object, ReferenceCounter.PointerCount, culprit.Site)],
            [Evidence.Seen(culprit, $"PointerCount {culprit.Old} -> {culprit.New} at {culprit.Site}, with no reference left to give back")],
            culprit.Site, isComplete: !situation.Ledger.IsAmbiguous(culprit.Object));
    }

    /// <summary>The object died after that release: what crashed later may well be its freed memory.</summary>
    private static bool WasFreedAfter(Situation situation, ReferenceRecord release) =>
        situation.Records<ObjectRecord>().Any(o => !o.Created && o.Object == release.Object && o.Sequence > release.Sequence);
}

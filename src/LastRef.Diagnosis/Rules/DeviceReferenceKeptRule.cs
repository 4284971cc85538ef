namespace LastRef;

/// <summary>R-12: another driver keeps a reference to a device of the driver.</summary>
internal sealed class DeviceReferenceKeptRule : IDiagnosisRule
{
    public Reason Reason => Reason.DeviceReferenceKept;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var kept = KeptReference.Of(situation).Where(k => !k.IsDriverObject).ToList();
        var found = kept.Where(k => k.Blame.Party == Party.Neighbour).Select(k => k.Report(situation, Reason, k.Blame,
            situation.Image == ImageState.Pinned
                ? $"{k.Blame.Image} {k.Keeps} {k.Name}: DriverUnload ran and the device is deleted, but its memory stays, and with it the image."
                : $"{k.Blame.Image} {k.Keeps} {k.Name}: {KeptReference.Effect(situation)}."));
        return situation.Trace is null ? found.Concat(OfNobody(situation, [.. kept.Select(k => k.Object)])) : found;
    }

    /// <summary>Deleted devices whose references memory gives to nobody.</summary>
    private IEnumerable<Finding> OfNobody(Situation situation, HashSet<VirtualAddress> known)
    {
        if (situation.Image != ImageState.Pinned)
            yield break;
        foreach (var device in situation.Capture.DevicesOfDriver.Where(d => !d.IsListed && !known.Contains(d.Address)).Take(Limits.Devices))
        {
            var balance = situation.Capture.BalanceOf(device.Address, ReferenceCounter.PointerCount);
            yield return situation.Find(
                Reason, Blame.NotKnown,
                $"{situation.NameOf(device)} is deleted, but {balance?.Unexplained ?? device.PointerCount} reference(s) that nothing in memory explains keep it, and with it the image.",
                [new Holder(HolderKind.Unexplained, $"reference to {situation.NameOf(device)}", device.Address, ReferenceCounter.PointerCount, null)],
                [Evidence.Memory(device.Address, "OBJECT_HEADER.PointerCount", (ulong)device.PointerCount, $"{device.PointerCount} reference(s)")],
                null, missing: "ObDereferenceObject", isComplete: false);
        }
    }
}

namespace LastRef;

/// <summary>R-12: another driver keeps a reference to a device of the driver.</summary>
internal sealed class DeviceReferenceKeptRule : IDiagnosisRule
{
    public Reason Reason => Reason.DeviceReferenceKept;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Trace is null)
            return FromMemory(situation);
        return KeptReference.Of(situation)
            .Where(kept => !kept.IsDriverObject && situation.BlameOf(kept.Taken.Site).Party == Party.Neighbour)
            .Select(kept =>
            {
                var blame = situation.BlameOf(kept.Taken.Site);
                return kept.Report(situation, Reason, blame,
                    situation.Image == ImageState.Pinned
                        ? $"{blame.Image} keeps a reference to {kept.Name}: DriverUnload ran and the device is deleted, but its memory stays, and with it the image."
                        : $"{blame.Image} keeps a reference to {kept.Name}: {KeptReference.Effect(situation)}.");
            });
    }

    private IEnumerable<Finding> FromMemory(Situation situation)
    {
        if (situation.Image != ImageState.Pinned)
            yield break;
        foreach (var device in situation.Capture.DevicesOfDriver.Where(d => !d.IsListed).Take(Limits.Devices))
        {
            var balance = situation.Capture.BalanceOf(device.Address, ReferenceCounter.PointerCount);
            yield return situation.Find(
                Reason, new Blame(Party.Neighbour, ""),
                $"{situation.NameOf(device)} is deleted, but {balance?.Unexplained ?? device.PointerCount} reference(s) that nothing in memory explains keep it, and with it the image.",
                [new Holder(HolderKind.Unexplained, $"reference to {situation.NameOf(device)}", device.Address, ReferenceCounter.PointerCount, null)],
                [Evidence.Memory(device.Address, "OBJECT_HEADER.PointerCount", (ulong)device.PointerCount, $"{device.PointerCount} reference(s)")],
                null, missing: "ObDereferenceObject", isComplete: false);
        }
    }
}

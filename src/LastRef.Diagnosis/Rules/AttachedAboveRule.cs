namespace LastRef;

/// <summary>What have in common: a device above one of the driver's defers the attempt (U-3.19).</summary>
internal abstract class AttachedAboveRule : IDiagnosisRule
{
    public abstract Reason Reason { get; }

    /// <summary>True for R-17: the device above belongs to the same driver.</summary>
    protected abstract bool IsOwn { get; }

    protected abstract string Describe(Situation situation, CapturedDevice lower, Blame upper);

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Attempt.State != AttemptState.Deferred)
            yield break;
        foreach (var lower in situation.Capture.DevicesOfDriver.Where(d => !d.AttachedDevice.IsNull).Take(Limits.Devices))
        {
            var above = situation.Capture.DeviceAt(lower.AttachedDevice);
            var attach = situation.Ledger.Outstanding(lower.Address, ReferenceCounter.Attachment) is [.., var last] ? last : null;
            var blame = above is not null ? situation.BlameOfDriver(above.Driver, above.DriverName) : situation.BlameOf(attach?.Site);
            if (blame.Party == Party.Driver != IsOwn)
                continue;
            yield return situation.Find(
                Reason, blame, Describe(situation, lower, blame),
                [new Holder(HolderKind.AttachedDevice, $"device of {blame.Image} above {situation.NameOf(lower)}", lower.AttachedDevice, ReferenceCounter.Attachment, attach?.Site)],
                [
                    Evidence.Memory(lower.Address, "DEVICE_OBJECT.AttachedDevice", lower.AttachedDevice.Value, "a device is attached above"),
                    Evidence.Memory(lower.Address, "DEVOBJ_EXTENSION.ExtensionFlags", (ulong)lower.ExtensionFlags, "the unload is pending"),
                    .. attach is null ? [] : new[] { Evidence.Seen(attach, $"attached at {attach.Site}") },
                ],
                attach?.Site, missing: $"IoDetachDevice was never called for {situation.NameOf(lower)}", isComplete: above is not null);
        }
    }
}

namespace LastRef;

/// <summary>R-34: another driver keeps a reference to the driver object, or a handle to it.</summary>
internal sealed class DriverObjectKeptRule : IDiagnosisRule
{
    public Reason Reason => Reason.DriverObjectKept;

    public IEnumerable<Finding> Apply(Situation situation) =>
        situation.Trace is null ? FromMemory(situation).Concat(Kept(situation)) : Kept(situation);

    private IEnumerable<Finding> Kept(Situation situation) => KeptReference.Of(situation)
        .Where(kept => kept.IsDriverObject && kept.Blame.Party == Party.Neighbour)
        .Select(kept => kept.Report(
            situation, Reason, kept.Blame, $"{kept.Blame.Image} {kept.Keeps} the driver object {kept.Name}: {KeptReference.Effect(situation)}."));

    /// <summary>Handles, which memory shows whole.</summary>
    private IEnumerable<Finding> FromMemory(Situation situation)
    {
        if (situation.Image != ImageState.Pinned || situation.Driver is not { } driver)
            yield break;
        foreach (var handle in situation.Capture.Handles.Where(h => h.Object == driver.Address).Take(Limits.Devices))
        {
            var blame = handle.IsSystem ? Blame.NotKnown : new Blame(Party.Client, handle.ProcessName);
            yield return situation.Find(
                Reason, blame,
                $"{handle.ProcessName} (process {handle.ProcessId}) has a handle to the driver object {driver.Name}: DriverUnload ran, but the image stays.",
                [new Holder(HolderKind.Handle, $"{handle.ProcessName} (process {handle.ProcessId}), handle {handle.Value}", handle.Entry, ReferenceCounter.HandleCount, null)],
                [Evidence.Memory(driver.Address, "OBJECT_HEADER.HandleCount", (ulong)driver.HandleCount, $"the driver object has {driver.HandleCount} handle(s); normally it has none")],
                null, missing: "ZwClose was never called for the handle", isComplete: false);
        }
    }
}

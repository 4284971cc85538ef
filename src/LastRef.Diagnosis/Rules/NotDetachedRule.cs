namespace LastRef;

/// <summary>R-05: a device was deleted while the one below still points to it.</summary>
internal sealed class NotDetachedRule : IDiagnosisRule
{
    private const uint DriverVerifierIoManagerViolation = 0xC9;

    public Reason Reason => Reason.NotDetachedInRemove;

    public bool AppliesTo(RunEnd end) => true;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Trace is null)
        {
            foreach (var finding in FromMemory(situation))
                yield return finding;
            yield break;
        }

        var reported = 0;
        var inSurprise = TakenDownInSurpriseRule.CallOf(situation);
        foreach (var attach in situation.Records<ReferenceRecord>().Where(r => r.Counter == ReferenceCounter.Attachment && r.New > r.Old).ToList())
        {
            if (!IsOutstanding(situation, attach) || Deletion(situation, attach.Holder, attach.Sequence) is not { } deletion || deletion == inSurprise || reported++ == Limits.Devices)
                continue;
            var upper = attach.Holder;
            var blame = situation.BlameOf(attach.Site);
            if (blame.Party == Party.System)
                continue;
            var lower = situation.Capture.DeviceAt(attach.Object);
            var evidence = new List<Evidence>
            {
                Evidence.Seen(attach, $"attached above {situation.NameOf(attach.Object)} at {attach.Site}"),
                Evidence.Seen(deletion, $"deleted at {deletion.Site}"),
                Evidence.Absent("no IoDetachDevice came between"),
            };
            if (lower is not null && lower.AttachedDevice == upper)
                evidence.Add(Evidence.Memory(lower.Address, "DEVICE_OBJECT.AttachedDevice", upper.Value, "the device below still points to the deleted one"));
            var crash = situation.Records<BugCheckRecord>().LastOrDefault(b => b.Code == DriverVerifierIoManagerViolation);
            if (crash is not null)
                evidence.Add(Evidence.Seen(crash, $"bug check 0xC9, {crash.Explanation}"));
            yield return situation.Find(
                Reason, blame,
                $"{blame.Image} deleted its device without detaching it from the device below, {situation.NameOf(attach.Object)}: that one keeps a pointer to freed memory, "
                + "and its own deletion is never completed.",
                [new Holder(HolderKind.AttachedDevice, situation.NameOf(upper), upper, ReferenceCounter.Attachment, attach.Site)],
                evidence, attach.Site, missing: $"IoDetachDevice was never called for {situation.NameOf(attach.Object)}");
        }
    }

    private static bool IsOutstanding(Situation situation, ReferenceRecord attach) =>
        !situation.Records<ReferenceRecord>().Any(r =>
            r.Sequence > attach.Sequence && r.Counter == ReferenceCounter.Attachment && r.Object == attach.Object
            && r.Holder == attach.Holder && r.New < r.Old);

    /// <summary>The IoDeleteDevice call for a device after it was attached.</summary>
    private static RoutineRecord? Deletion(Situation situation, VirtualAddress device, int after) => situation.Records<RoutineRecord>()
        .FirstOrDefault(r => r.Sequence > after && r.Routine == "IoDeleteDevice" && r.Arguments.Count > 0 && r.Arguments[0].Value == device.Value);

    private IEnumerable<Finding> FromMemory(Situation situation)
    {
        foreach (var device in situation.Capture.DevicesOfDriver.Where(d => d.IsDeletePending && !d.AttachedDevice.IsNull && d.IoCount == 0).Take(Limits.Devices))
        {
            var above = situation.Capture.DeviceAt(device.AttachedDevice);
            yield return situation.Find(
                Reason, situation.BlameOfDriver(above?.Driver ?? default, above?.DriverName),
                $"The deletion of {situation.NameOf(device)} cannot be completed: a device above is still attached to it.",
                [new Holder(HolderKind.AttachedDevice, above?.DriverName ?? "device above", device.AttachedDevice, ReferenceCounter.Attachment, null)],
                [Evidence.Memory(device.Address, "DEVICE_OBJECT.AttachedDevice", device.AttachedDevice.Value, "a delete-pending device has one attached above")],
                null, missing: "IoDetachDevice was not called by the driver above", isComplete: false);
        }

        foreach (var broken in situation.Capture.BrokenAttachments.Take(Limits.Devices))
        {
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"A device of {situation.Context.DriverImage} was deleted without being detached from the device below, {broken.DeviceName}: that one keeps a pointer to freed memory.",
                [new Holder(HolderKind.AttachedDevice, $"the device that was at {broken.Attached}", broken.Attached, ReferenceCounter.Attachment, null)],
                [
                    Evidence.Memory(broken.Device, "DEVICE_OBJECT.AttachedDevice", broken.Attached.Value, broken.Found),
                    .. situation.Crash is { } crash ? new[] { Evidence.Absent($"the machine stopped with bug check 0x{crash.Code:X}: whoever walks up the stack reads freed memory") } : [],
                ],
                null, missing: $"IoDetachDevice was never called for {broken.DeviceName}", isComplete: false);
        }
    }
}

namespace LastRef;

/// <summary>R-45: a device was deleted or detached in IRP_MN_SURPRISE_REMOVAL, before the removal that does it (U-5.34, L-13).</summary>
internal sealed class TakenDownInSurpriseRule : IDiagnosisRule
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnSurpriseRemoval = 0x17;

    public Reason Reason => Reason.DeletedTwice;

    public bool AppliesTo(RunEnd end) => true;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Trace is null && OfDump(situation) is { } caught)
            yield return caught;
        if (First(situation) is { } found)
            yield return Find(situation, found.Entry, found.Call, found.Device);
    }

    /// <summary>The call that another rule would take for a mistake of its own kind.</summary>
    internal static RoutineRecord? CallOf(Situation situation) => First(situation)?.Call;

    private static (DriverCallRecord Entry, RoutineRecord Call, VirtualAddress Device)? First(Situation situation)
    {
        foreach (var sent in situation.Records<IrpRecord>().Where(r => r is { Step: IrpStep.Sent, Major: IrpMjPnp, Minor: IrpMnSurpriseRemoval }))
        {
            var entry = situation.Calls.FirstOrDefault(c => c.Sequence > sent.Sequence && c is { Kind: DriverCallKind.Dispatch, Result: null } && c.Irp == sent.Irp);
            if (entry is null)
                continue;
            var left = situation.ReturnOf(entry)?.Sequence ?? int.MaxValue;
            var call = situation.Records<RoutineRecord>().FirstOrDefault(r => r.Sequence > entry.Sequence && r.Sequence < left && r.Thread == entry.Thread
                && r.Site is not null && IsOf(situation, r, sent.Device));
            if (call is not null)
                return (entry, call, sent.Device);
        }

        return null;
    }

    /// <summary>Whether a call takes down the device that was sent the request; a bus driver may delete its children's.</summary>
    private static bool IsOf(Situation situation, RoutineRecord call, VirtualAddress device) => call.Arguments.Count > 0 && call.Routine switch
    {
        "IoDeleteDevice" => call.Arguments[0].Value == device.Value && situation.WasAttachedToAnother(device),
        "IoDetachDevice" => situation.Records<ReferenceRecord>().Any(r => r.Sequence < call.Sequence && r.Counter == ReferenceCounter.Attachment
            && r.New > r.Old && r.Holder == device && r.Object.Value == call.Arguments[0].Value),
        _ => false,
    };

    /// <summary>Of a dump: what Driver Verifier stopped the machine for says it (T-96).</summary>
    private static Finding? OfDump(Situation situation)
    {
        const uint ioManagerViolation = 0xC9;
        const ulong detached = 0x241, deleted = 0x242;
        if (situation.Crash is not { Code: ioManagerViolation, Parameters: [detached or deleted, ..] } crash)
            return null;
        var what = crash.Parameters[0] == deleted ? "deleted" : "detached";
        return Titled(situation.Find(
            Reason.DeletedTwice, situation.BlameDriver,
            $"{situation.Context.DriverImage} {what} its device in IRP_MN_SURPRISE_REMOVAL: IRP_MN_REMOVE_DEVICE, which does that, comes after the last close. Driver Verifier stopped the machine for it.",
            [], [Evidence.Memory(default, "bug check parameter 1", crash.Parameters[0], $"bug check 0xC9, rule 0x{crash.Parameters[0]:X}")],
            null, isComplete: false, rule: "L-13"));
    }

    private static Finding Titled(Finding finding) => finding with
    {
        Title = "A device was taken down in IRP_MN_SURPRISE_REMOVAL",
        Fix = "Only mark the device as gone, fail what is queued and pass the request down; detach and delete in IRP_MN_REMOVE_DEVICE, which always follows.",
    };

    private Finding Find(Situation situation, DriverCallRecord entry, RoutineRecord call, VirtualAddress device)
    {
        var blame = situation.BlameOf(call.Site);
        var crash = situation.Records<BugCheckRecord>().LastOrDefault();
        var deletes = call.Routine == "IoDeleteDevice";
        var name = situation.NameOf(device);
        return Titled(situation.Find(
            Reason, blame,
            $"{blame.Image} {(deletes ? "deleted" : "detached")} {name} in IRP_MN_SURPRISE_REMOVAL: IRP_MN_REMOVE_DEVICE, which does that, comes after the last close, and finds {(deletes ? "freed memory" : "a stack without it")}.",
            [],
            [
                Evidence.Seen(entry, "IRP_MN_SURPRISE_REMOVAL was given to the driver"),
                Evidence.Seen(call, $"{call.Routine} was called before it returned"),
                .. crash is null ? [] : new[] { Evidence.Seen(crash, $"bug check 0x{crash.Code:X}, rule 0x{crash.Parameter1:X}: {crash.Explanation}") },
            ],
            call.Site, rule: "L-13"));
    }
}

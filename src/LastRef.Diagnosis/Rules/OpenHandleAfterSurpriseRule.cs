namespace LastRef;

/// <summary>R-10: a device is gone, but a client's handle keeps IRP_MN_REMOVE_DEVICE from being sent.</summary>
internal class OpenHandleAfterSurpriseRule : ClientHandleRule
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnSurpriseRemoval = 0x17;

    public override Reason Reason => Reason.OpenHandleAfterSurpriseRemoval;

    protected override string Effect => "the device was pulled out, but its removal is not completed, and the driver cannot leave, before the last handle is closed.";

    protected override bool IsNow(Situation situation, CapturedDevice device) => device.IsRemovePending;

    /// <remarks>The handle on a child of the device that was pulled out is R-27.</remarks>
    protected override bool Concerns(Situation situation, VirtualAddress device) => !WentWithItsParent(situation, device);

    /// <summary>Whether a device is one of a child that went because its parent was pulled out: stacks of children have SURPRISE_REMOVAL first, that of the parent last.</summary>
    protected static bool WentWithItsParent(Situation situation, VirtualAddress device)
    {
        if (situation.Trace is null)
            return ParentIsGoing(situation, device);
        var own = situation.Records<IrpRecord>().LastOrDefault(r => IsSurprise(r, IrpStep.Sent) && r.Device == device);
        var step = own is null ? null : situation.Records<StimulusRecord>().LastOrDefault(s => s.Sequence < own.Sequence);
        if (own is null || step is null)
            return false;
        var ended = situation.Records<IrpRecord>().FirstOrDefault(r => IsSurprise(r, IrpStep.Completed) && r.Irp == own.Irp && r.Sequence > own.Sequence);
        return ended is not null && situation.Records<IrpRecord>().Any(r => IsSurprise(r, IrpStep.Sent) && r.Sequence > ended.Sequence
            && !situation.Records<StimulusRecord>().Any(s => s.Sequence > ended.Sequence && s.Sequence < r.Sequence));
    }

    private static bool ParentIsGoing(Situation situation, VirtualAddress device)
    {
        var bottom = situation.Capture.DeviceAt(device)?.Below is [.., var lowest] ? lowest : device;
        return situation.Capture.DeviceNodes.FirstOrDefault(n => n.PhysicalDevice == bottom) is { } node
            && situation.Capture.DeviceNodes.Any(n => n.Address == node.Parent && n.State.Contains("PendingCloses", StringComparison.Ordinal));
    }

    private static bool IsSurprise(IrpRecord record, IrpStep step) => record.Step == step && record is { Major: IrpMjPnp, Minor: IrpMnSurpriseRemoval };

    /// <remarks>A client that was told and closed its handle at once did what it should (U-9.14).</remarks>
    protected override TraceRecord? Moment(Situation situation)
    {
        var surprise = situation.Records<IrpRecord>()
            .LastOrDefault(r => r is { Step: IrpStep.Sent, Major: IrpMjPnp, Minor: IrpMnSurpriseRemoval });
        var told = surprise is null ? null : situation.Records<ClientNotificationRecord>()
            .FirstOrDefault(r => r.Sequence > surprise.Sequence && r is { Event: ClientEvent.RemoveComplete, Answer: ClientAnswer.Agreed });
        var closed = told is null ? null : situation.Records<StimulusRecord>()
            .FirstOrDefault(r => r.Sequence > told.Sequence && r.Kind == StimulusKind.CloseHandle && r.Time100ns == told.Time100ns);
        return closed is null ? surprise : null;
    }
}

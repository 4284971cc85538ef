namespace LastRef;

/// <summary>R-10: a device is gone, but a client's handle keeps IRP_MN_REMOVE_DEVICE from being sent.</summary>
internal sealed class OpenHandleAfterSurpriseRule : ClientHandleRule
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnSurpriseRemoval = 0x17;

    public override Reason Reason => Reason.OpenHandleAfterSurpriseRemoval;

    protected override string Effect => "the device was pulled out, but its removal is not completed, and the driver cannot leave, before the last handle is closed.";

    protected override bool IsNow(Situation situation, CapturedDevice device) => device.IsRemovePending;

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

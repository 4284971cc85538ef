namespace LastRef;

/// <summary>R-10: a device is gone, but a client's handle keeps IRP_MN_REMOVE_DEVICE from being sent.</summary>
internal sealed class OpenHandleAfterSurpriseRule : ClientHandleRule
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnSurpriseRemoval = 0x17;

    public override Reason Reason => Reason.OpenHandleAfterSurpriseRemoval;

    protected override string Effect => "the device was pulled out, but its removal is not completed, and the driver cannot leave, before the last handle is closed.";

    protected override bool IsNow(Situation situation, CapturedDevice device) => device.IsRemovePending;

    protected override TraceRecord? Moment(Situation situation) => situation.Records<IrpRecord>()
        .LastOrDefault(r => r is { Step: IrpStep.Sent, Major: IrpMjPnp, Minor: IrpMnSurpriseRemoval });
}

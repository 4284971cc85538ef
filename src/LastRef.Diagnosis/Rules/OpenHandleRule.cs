namespace LastRef;

/// <summary>R-08: a client's handle defers the attempt on a driver.</summary>
internal sealed class OpenHandleRule : ClientHandleRule
{
    public override Reason Reason => Reason.OpenHandle;

    protected override string Effect => "the stop was accepted, but DriverUnload is not called before the last handle is closed (the service stays in STOP_PENDING).";

    protected override bool IsNow(Situation situation, CapturedDevice device) => !device.IsRemovePending;

    protected override TraceRecord? Moment(Situation situation) => situation.Records<UnloadRecord>()
        .LastOrDefault(r => r.Step == UnloadStep.Deferred && situation.IsOrWasDriver(r.Driver));
}

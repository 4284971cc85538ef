namespace LastRef;

/// <summary>R-09: a client's handle vetoed an orderly removal.</summary>
internal sealed class OpenHandleVetoRule : ClientHandleRule
{
    public override Reason Reason => Reason.OpenHandleVetoesRemoval;

    protected override string Effect => "Windows refuses to remove the device while it is open (\"the device is currently in use\").";

    // A veto leaves nothing pending: the device goes on working, and only the story shows the refusal.
    protected override bool IsNow(Situation situation, CapturedDevice device) => false;

    protected override TraceRecord? Moment(Situation situation) => Refusal.Of(situation)
        .LastOrDefault(r => r.Veto.VetoType is Refusal.OutstandingOpen or Refusal.PendingClose && !r.IsOfAnother)?.Veto;
}

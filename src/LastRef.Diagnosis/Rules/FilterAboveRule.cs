namespace LastRef;

/// <summary>R-16: another driver's device is attached above and does not detach.</summary>
internal sealed class FilterAboveRule : AttachedAboveRule
{
    public override Reason Reason => Reason.FilterAboveDoesNotDetach;

    protected override bool IsOwn => false;

    protected override string Describe(Situation situation, CapturedDevice lower, Blame upper) =>
        $"{upper.Image} has a device attached above {situation.NameOf(lower)}: the stop was accepted, but DriverUnload is not called before it detaches.";
}

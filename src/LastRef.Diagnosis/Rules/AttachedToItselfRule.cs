namespace LastRef;

/// <summary>R-17: the driver is attached above a device of its own.</summary>
internal sealed class AttachedToItselfRule : AttachedAboveRule
{
    public override Reason Reason => Reason.AttachedToItself;

    protected override bool IsOwn => true;

    protected override string Describe(Situation situation, CapturedDevice lower, Blame upper) =>
        $"{upper.Image} has a device of its own attached above {situation.NameOf(lower)}: DriverUnload is not called while it is attached, and only DriverUnload would detach it.";
}

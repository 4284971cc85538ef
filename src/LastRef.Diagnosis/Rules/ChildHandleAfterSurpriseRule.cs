namespace LastRef;

/// <summary>R-27 after a surprise removal: the parent was pulled out, and a handle on its child keeps both (U-5.32a, U-5.74).</summary>
internal sealed class ChildHandleAfterSurpriseRule : OpenHandleAfterSurpriseRule
{
    public override Reason Reason => Reason.ChildKeepsParent;

    protected override string Effect =>
        "it is a child of the device that was pulled out, and neither of the two is removed before the last handle on the child is closed.";

    protected override bool Concerns(Situation situation, VirtualAddress device) => WentWithItsParent(situation, device);
}

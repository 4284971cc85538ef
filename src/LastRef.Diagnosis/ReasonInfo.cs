namespace LastRef;

/// <summary>A reason as the catalogue has it.</summary>
/// <param name="Id"><c>R-03</c>; <c>unlisted</c> for what the catalogue does not have.</param>
/// <param name="Phase">Where it bites as a rule; a finding may say otherwise.</param>
/// <param name="Title">In a few words, for people.</param>
/// <param name="Rule">The rule that it breaks.</param>
/// <param name="Facts">What the conclusion rests on.</param>
/// <param name="Fix">What to do about it.</param>
public sealed record ReasonInfo(
    Reason Reason, string Id, Phase Phase, string Title, string Rule, IReadOnlyList<Fact> Facts, string Fix)
{
    /// <summary>True when a fact has no source of weight: such a finding is never proven.</summary>
    public bool IsInferred => Facts.Any(fact => !fact.HasWeight);
}

namespace LastRef;

/// <summary>One thing that is wrong, with everything needed to believe it.</summary>
/// <param name="Reason">A reason of the catalogue.</param>
/// <param name="Rule">The rule that was broken: <c>L-6</c>.</param>
/// <param name="Site">The place in code to look at first: where the reference was taken or the device made; null when unknown.</param>
public sealed record Finding(
    Reason Reason, Certainty Certainty, Blame Blame, string Rule,
    IReadOnlyList<Holder> Holders, IReadOnlyList<Evidence> Evidence, IReadOnlyList<string> Unobserved, CallSite? Site)
{
    /// <summary>In a few words; the catalogue's title unless the finding says it more closely.</summary>
    public string Title { get; init; } = Reasons.Of(Reason).Title;

    /// <summary>Where it bites; the catalogue's phase unless the finding knows better.</summary>
    public Phase Phase { get; init; } = Reasons.Of(Reason).Phase;

    /// <summary>What to do about it.</summary>
    public string Fix { get; init; } = Reasons.Of(Reason).Fix;

    /// <summary>What happened to this driver, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>What was expected and never came: <c>IoDeleteDevice for \Device\X</c>; null when nothing is missing.</summary>
    public string? Missing { get; init; }

    /// <summary>The other findings of the run that count, in their order, and whether each would remain when this one alone is fixed.</summary>
    public IReadOnlyList<OtherFinding> Others { get; init; } = [];

    /// <summary>Who waits for whom, when something never returns; else null.</summary>
    public WaitNode? Wait { get; init; }

    /// <summary>False for a note: an ill-behaved client of the lab did what it was told; the check does not fail for it.</summary>
    public bool Counts { get; init; } = true;

    /// <summary>True when it was over at the end: a part of the story, not of what stays.</summary>
    public bool IsOver { get; init; }

    /// <summary>True when a fact it rests on has only sources of inference (tags N, R).</summary>
    public bool IsInferred { get; init; }
}

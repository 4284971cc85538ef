using System.Text.Json.Serialization;

namespace LastRef.Reports;

/// <summary>One finding.</summary>
/// <param name="Reason">R-nn, or unlisted.</param>
/// <param name="Counts">False for a note, which does not fail the check.</param>
/// <param name="Inferred">True when a fact it rests on has only sources of inference.</param>
/// <param name="Summary">What happened to this driver, in a sentence or two.</param>
/// <param name="Missing">What was expected and never came.</param>
public sealed record ReportFinding(
    string Reason, string Title, string Phase, string Certainty, bool Inferred, bool Counts, ReportBlame Blame, string Rule,
    string Summary, string? Missing, ReportSite? Site, IReadOnlyList<ReportHolder> Holders, IReadOnlyList<ReportEvidence> Evidence,
    IReadOnlyList<string> Unobserved, string Fix)
{
    /// <summary>The other findings of the scenario that count, and whether each would remain when this one alone is fixed.</summary>
    public IReadOnlyList<ReportOther> Others { get; init; } = [];

    /// <summary>Who waits for whom; only where something never returns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportWait? Wait { get; init; }
}

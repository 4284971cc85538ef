using System.Text.Json.Serialization;

namespace LastRef.Reports;

/// <summary>One scenario.</summary>
/// <param name="Inconclusive">Why it could not be judged; empty when it could.</param>
/// <param name="Story">What happened, a line a step.</param>
/// <param name="Instructions">Guest instructions executed.</param>
/// <param name="Replay">Token for <c>lastref replay</c>.</param>
public sealed record ReportScenario(
    string Name, string Verdict, ReportAttempt Attempt, ReportImage Image, IReadOnlyList<ReportFinding> Findings,
    IReadOnlyList<string> Inconclusive, IReadOnlyList<string> Story, ulong Instructions, string Replay)
{
    /// <summary>What a person would see on Windows, in order.</summary>
    public IReadOnlyList<ReportSeen> Seen { get; init; } = [];

    /// <summary>Only where it was asked for: it is long.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportTimeline? Timeline { get; init; }
}

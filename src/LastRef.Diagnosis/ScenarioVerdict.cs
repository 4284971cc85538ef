namespace LastRef;

/// <summary>What a diagnosis says of one scenario.</summary>
/// <param name="Findings">What must be fixed first comes first; notes that do not count come last.</param>
/// <param name="Inconclusive">Why the scenario could not be judged, one line each; empty when it could.</param>
public sealed record ScenarioVerdict(
    string Scenario, Verdict Verdict, Attempt Attempt, ImageState Image,
    IReadOnlyList<Finding> Findings, IReadOnlyList<string> Inconclusive);

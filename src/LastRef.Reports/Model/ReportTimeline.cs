namespace LastRef.Reports;

/// <summary>What happened in a scenario, and every reference to the driver object and its devices.</summary>
/// <param name="Objects">The driver object first, then its devices in the order of their making.</param>
public sealed record ReportTimeline(
    IReadOnlyList<ReportObject> Objects, IReadOnlyList<ReportEvent> Events, IReadOnlyList<ReportReference> References,
    IReadOnlyList<ReportCount> Counts);

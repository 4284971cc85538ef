namespace LastRef.Reports;

/// <summary>Another finding, seen from the one that is to be fixed.</summary>
/// <param name="Remains">False when it goes with this one.</param>
public sealed record ReportOther(string Reason, string Title, bool Remains);

namespace LastRef.Reports;

/// <summary>Who holds.</summary>
/// <param name="Address">Hexadecimal with 0x; null when unknown.</param>
/// <param name="Counter">The counter that it holds up; null when it holds none.</param>
/// <param name="HeldBy">What holds this holder.</param>
public sealed record ReportHolder(
    string Kind, string Name, string? Address, string? Counter, ReportSite? Site, IReadOnlyList<ReportHolder> HeldBy);

namespace LastRef.Reports;

/// <summary>Who is at fault.</summary>
/// <param name="Party">driver, neighbour, client or system.</param>
/// <param name="Image">Empty when it has none.</param>
public sealed record ReportBlame(string Party, string Image);

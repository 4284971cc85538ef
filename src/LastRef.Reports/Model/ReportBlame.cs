namespace LastRef.Reports;

/// <summary>Who is at fault.</summary>
/// <param name="Party">driver, neighbour, client, system or unknown.</param>
/// <param name="Image">Empty when it has none.</param>
public sealed record ReportBlame(string Party, string Image);

namespace LastRef.Reports;

/// <summary>What became of the image.</summary>
/// <param name="State">loaded, pinned or gone.</param>
public sealed record ReportImage(string State);

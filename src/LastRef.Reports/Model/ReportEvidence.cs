namespace LastRef.Reports;

/// <summary>One fact that a finding rests on.</summary>
/// <param name="Address">Where it was read; null for what the trace shows.</param>
/// <param name="Field">Structure and field.</param>
/// <param name="Value">Hexadecimal with 0x.</param>
/// <param name="Record">Position in the trace.</param>
public sealed record ReportEvidence(string Text, string? Address, string? Field, string? Value, int? Record);

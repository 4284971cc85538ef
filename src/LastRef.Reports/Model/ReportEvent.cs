namespace LastRef.Reports;

/// <summary>A step of the story.</summary>
/// <param name="At">Position in the trace.</param>
/// <param name="Lane">driver, pnp, io, scm, client or machine.</param>
/// <param name="Mark">attempt, returned or gone where a step of the unload begins or ends; else null.</param>
public sealed record ReportEvent(int At, string Lane, string? Mark, string Text);

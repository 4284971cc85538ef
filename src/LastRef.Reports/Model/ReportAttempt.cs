namespace LastRef.Reports;

/// <summary>The attempt to unload.</summary>
/// <param name="State">none, refused, deferred, running or returned.</param>
/// <param name="By">scm, driver, pnp, io or none.</param>
/// <param name="Status">Name or number of the NTSTATUS; null when nobody asked.</param>
public sealed record ReportAttempt(string State, string By, string? Status);

namespace LastRef.Reports;

/// <summary>The driver.</summary>
/// <param name="Kind">legacy, pnp, hybrid, filter, bus, exportDriver or unknown.</param>
/// <param name="Traits">What it was seen to do, sorted.</param>
public sealed record ReportDriver(string File, string Sha256, string Machine, string Kind, IReadOnlyList<string> Traits);

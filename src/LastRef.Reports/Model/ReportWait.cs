namespace LastRef.Reports;

/// <summary>A thread that waits: a node of the wait-for graph.</summary>
/// <param name="Thread">What it is for.</param>
/// <param name="Address">Hexadecimal with 0x.</param>
/// <param name="Routine">The kernel routine in which it waits; null when the kernel waits on its own behalf.</param>
/// <param name="Site">Where a driver called that routine.</param>
/// <param name="Milliseconds">How long it has waited, in virtual time.</param>
public sealed record ReportWait(
    string Thread, string Address, string? Routine, ReportSite? Site, long Milliseconds, bool HasTimeout, bool NeedsAll,
    IReadOnlyList<ReportWaited> Objects);

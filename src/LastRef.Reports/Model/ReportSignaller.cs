namespace LastRef.Reports;

/// <summary>Something that could end a wait.</summary>
/// <param name="Kind">holder, owner, thread, request, timer, signalled or nobody.</param>
/// <param name="Address">Hexadecimal with 0x; null when none.</param>
/// <param name="ClosesCircle">True when it waits in turn for a thread further up.</param>
/// <param name="Waits">Its own wait; null when it has none or closes a circle.</param>
public sealed record ReportSignaller(string Kind, string Name, string? Address, ReportSite? Site, bool ClosesCircle, ReportWait? Waits);

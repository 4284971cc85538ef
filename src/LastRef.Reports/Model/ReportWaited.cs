namespace LastRef.Reports;

/// <summary>Something that a thread waits for.</summary>
/// <param name="Kind">event, thread, removeLock and so on.</param>
/// <param name="Address">Hexadecimal with 0x; null when it is no object.</param>
/// <param name="Place">Where it lies, for people.</param>
/// <param name="Signallers">What could end the wait; at least one entry, which may say that nobody could.</param>
public sealed record ReportWaited(string Kind, string? Address, string? Place, IReadOnlyList<ReportSignaller> Signallers);

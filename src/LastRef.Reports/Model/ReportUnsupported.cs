namespace LastRef.Reports;

/// <summary>Something that LastRef does not model.</summary>
/// <param name="Callers">Who asked for it, sorted.</param>
public sealed record ReportUnsupported(string Kind, string Name, IReadOnlyList<ReportSite> Callers);

namespace LastRef.Reports;

/// <summary>A counter's value from a position of the trace on.</summary>
/// <param name="Object">Id of the object.</param>
/// <param name="Counter">pointerCount, ioCount or attachment.</param>
public sealed record ReportCount(int At, string Object, string Counter, long Value);

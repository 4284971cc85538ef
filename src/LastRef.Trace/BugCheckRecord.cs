namespace LastRef;

/// <summary>The machine stopped with a bug check.</summary>
public sealed record BugCheckRecord(
    uint Code, ulong Parameter1, ulong Parameter2, ulong Parameter3, ulong Parameter4, string Explanation) : TraceRecord;

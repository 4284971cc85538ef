namespace LastRef;

/// <summary>The run met something that LastRef does not know; the verdict is inconclusive.</summary>
public sealed record UnsupportedRecord(UnsupportedKind Kind, string Name) : TraceRecord;

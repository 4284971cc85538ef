namespace LastRef;

/// <summary>A driver printed a line to the debugger.</summary>
public sealed record DebugPrintRecord(string Text) : TraceRecord;

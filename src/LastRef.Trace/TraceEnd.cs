namespace LastRef;

/// <summary>The last line of a trace file, by which one that was cut short is told from a whole one.</summary>
/// <param name="End">The number of records again.</param>
public sealed record TraceEnd(int End);

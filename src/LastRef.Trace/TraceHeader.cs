namespace LastRef;

/// <summary>The first line of a trace file: what the trace is of.</summary>
/// <param name="Schema">Always <see cref="SchemaName"/>.</param>
/// <param name="Driver">File name of the driver under test.</param>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Verdict">How it was judged.</param>
/// <param name="Records">How many lines of records follow.</param>
/// <param name="Truncated">True when the run did more than was recorded.</param>
public sealed record TraceHeader(string Schema, string Driver, string Scenario, string Verdict, int Records, bool Truncated)
{
    /// <summary>Name and version of the form.</summary>
    public const string SchemaName = "lastref/trace/1";
}

namespace LastRef;

/// <summary>A driver called a kernel routine.</summary>
/// <param name="Arguments">Raw argument registers and stack slots in the documented order, with the names of the prototype.</param>
public sealed record RoutineRecord(
    string Module, string Routine, IReadOnlyList<KeyValuePair<string, ulong>> Arguments) : TraceRecord
{
    public ulong? Result { get; set; }
}

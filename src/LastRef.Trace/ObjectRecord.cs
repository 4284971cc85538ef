namespace LastRef;

/// <summary>An object came into being or its memory was freed; a name, if it gets one, comes later (<see cref="NameRecord"/>).</summary>
public sealed record ObjectRecord(bool Created, VirtualAddress Object, string ObjectType) : TraceRecord;

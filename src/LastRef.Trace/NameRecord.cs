namespace LastRef;

/// <summary>An object entered the object namespace. It may outlive its name: a deleted device has none (U-3.62).</summary>
/// <param name="Object">Body of the object.</param>
/// <param name="Path">Its full path at that time.</param>
public sealed record NameRecord(VirtualAddress Object, string ObjectType, string Path) : TraceRecord;

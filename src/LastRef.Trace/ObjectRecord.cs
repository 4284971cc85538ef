namespace LastRef;

/// <summary>An object came into being or its memory was freed.</summary>
/// <param name="Name">Full name in the object namespace; null when it has none.</param>
public sealed record ObjectRecord(bool Created, VirtualAddress Object, string ObjectType, string? Name) : TraceRecord
{
    /// <summary>For a device object its driver object, for a file object its device; null otherwise.</summary>
    public VirtualAddress Owner { get; init; }
}

namespace LastRef;

/// <summary>One fact that a finding rests on: a field in memory, or a record of the trace.</summary>
/// <param name="Text">The fact in one line.</param>
/// <param name="Address">Where it was read; null for a trace record.</param>
/// <param name="Field">Structure and field, such as <c>DEVICE_OBJECT.ReferenceCount</c>; null for a trace record.</param>
/// <param name="Value">What was read.</param>
/// <param name="Record">Position in the trace; null for memory.</param>
public sealed record Evidence(string Text, VirtualAddress Address, string? Field, ulong Value, int? Record)
{
    /// <summary>A field that was read.</summary>
    public static Evidence Memory(VirtualAddress address, string field, ulong value, string text) => new(text, address, field, value, null);

    /// <summary>Something that the trace shows.</summary>
    public static Evidence Seen(TraceRecord record, string text) => new(text, VirtualAddress.Null, null, 0, record.Sequence);

    /// <summary>Something that the whole trace does not show, such as a call that never came.</summary>
    public static Evidence Absent(string text) => new(text, VirtualAddress.Null, null, 0, null);
}

namespace LastRef;

/// <summary>A counter of an object changed.</summary>
/// <param name="Object">Body address of the object (not its header); the loader entry for <see cref="ReferenceCounter.LoadCount"/>.</param>
/// <param name="ObjectType">Name of the object's type, such as <c>Device</c>.</param>
/// <param name="Holder">What holds or held the reference: handle-table entry, device object, registration, IRP; null when unknown.</param>
public sealed record ReferenceRecord(
    VirtualAddress Object, string ObjectType, ReferenceCounter Counter, long Old, long New,
    ReferenceCause Cause, VirtualAddress Holder) : TraceRecord;

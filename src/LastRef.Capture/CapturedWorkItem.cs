namespace LastRef;

/// <summary>A work item that is queued or whose routine runs.</summary>
/// <param name="IoObject">The device or driver object that it references; null for ExQueueWorkItem, which references nothing (U-6.52).</param>
public sealed record CapturedWorkItem(VirtualAddress Address, VirtualAddress Routine, VirtualAddress IoObject);

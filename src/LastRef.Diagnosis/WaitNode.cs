namespace LastRef;

/// <summary>A node of the wait-for graph: a thread, and what it waits for.</summary>
/// <param name="Thread">What the thread is for.</param>
/// <param name="Address">Its ETHREAD.</param>
/// <param name="Routine">The kernel routine in which it waits; null when the kernel waits on its own behalf.</param>
/// <param name="Site">Where the driver called that routine; null when no driver did.</param>
/// <param name="Waited100ns">How long it has waited, in virtual time.</param>
/// <param name="HasTimeout">True when the wait ends by itself some day.</param>
/// <param name="NeedsAll">True when every object must be signalled, not just one.</param>
public sealed record WaitNode(
    string Thread, VirtualAddress Address, string? Routine, CallSite? Site, long Waited100ns, bool HasTimeout, bool NeedsAll,
    IReadOnlyList<WaitedObject> Objects);

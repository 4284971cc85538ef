namespace LastRef;

/// <summary>Something that could end a wait.</summary>
/// <param name="Address">The thread, IRP or tag; null when none.</param>
/// <param name="Site">Where it took what it has, or where it signalled; null when unknown.</param>
public sealed record Signaller(SignallerKind Kind, string Name, VirtualAddress Address, CallSite? Site)
{
    /// <summary>What keeps it from doing so: its own wait; null when it does not wait, or is higher up in the same graph already.</summary>
    public WaitNode? Waits { get; init; }

    /// <summary>True when it waits for something that is higher up in the graph: a circle.</summary>
    public bool ClosesCircle { get; init; }
}

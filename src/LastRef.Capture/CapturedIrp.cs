using LastRef.Nt;

namespace LastRef;

/// <summary>A request as found.</summary>
/// <param name="File">The file object it was issued through; null when none.</param>
/// <param name="Device">Device of the current stack location: who has it now; null when it has not been sent or has come back.</param>
/// <param name="Major">Function code of the current stack location; null without one.</param>
public sealed record CapturedIrp(
    VirtualAddress Address, VirtualAddress File, VirtualAddress Device, IrpMajor? Major, byte Minor,
    VirtualAddress CancelRoutine, bool Cancelled, VirtualAddress Thread)
{
    /// <summary>Completion routines in its stack locations that still have to run.</summary>
    public IReadOnlyList<VirtualAddress> CompletionRoutines { get; init; } = [];

    /// <summary>What those routines get as their context: often the event that its sender waits for.</summary>
    public IReadOnlyList<VirtualAddress> CompletionContexts { get; init; } = [];

    /// <summary>The event that the I/O manager signals when it is complete; null when none.</summary>
    public VirtualAddress UserEvent { get; init; }
}

using LastRef.Nt;

namespace LastRef;

/// <summary>A dispatcher object that a thread waits for.</summary>
/// <param name="Type">Null when its header could not be read.</param>
/// <param name="Owner">The thread that owns a mutex; the thread itself for a thread object; else null.</param>
/// <param name="Place">Where it lies; null when in none of the places that were looked at.</param>
public sealed record CapturedWaitObject(
    VirtualAddress Address, DispatcherType? Type, int SignalState, VirtualAddress Owner, CapturedPlace? Place);

namespace LastRef;

/// <summary>An armed timer or a queued DPC.</summary>
/// <param name="Dpc">The DPC that will run; for a queued DPC its own address.</param>
/// <param name="Routine">The deferred routine; null when it could not be read.</param>
public sealed record CapturedTimer(VirtualAddress Address, VirtualAddress Dpc, VirtualAddress Routine);

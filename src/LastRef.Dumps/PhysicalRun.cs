namespace LastRef.Dumps;

/// <summary>Neighbouring physical pages.</summary>
/// <param name="FirstPage">Number of the first page (address divided by 4096).</param>
/// <param name="PageCount">Pages.</param>
public readonly record struct PhysicalRun(ulong FirstPage, ulong PageCount);

namespace LastRef;

/// <summary>The bug check that stopped a machine.</summary>
public sealed record MachineCrash(uint Code, IReadOnlyList<ulong> Parameters);

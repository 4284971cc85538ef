namespace LastRef.Cpu;

/// <summary>How a run ended.</summary>
/// <param name="Exit">The kind of end.</param>
/// <param name="Vector">
/// For <see cref="RunExit.Exception"/> the interrupt vector: 0 #DE, 1 #DB (int1), 3 int3, 6 #UD, 13 #GP, 14 #PF, 19 #XM, or n of <c>int n</c>.
/// </param>
/// <param name="ErrorCode">Error code of #PF (bit 0 present, 1 write, 4 fetch) and #GP; otherwise 0.</param>
/// <param name="FaultAddress">#PF: the first byte that could not be accessed. #GP for a non-canonical address: that address. Otherwise 0.</param>
/// <param name="Instruction">Text of the instruction for exceptions and unsupported instructions, where it can be read; otherwise null.</param>
public readonly record struct RunResult(RunExit Exit, int Vector, uint ErrorCode, ulong FaultAddress, string? Instruction);

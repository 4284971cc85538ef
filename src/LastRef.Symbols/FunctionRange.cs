namespace LastRef.Symbols;

/// <summary>A stretch of code that belongs to one function.</summary>
/// <param name="Begin">First RVA.</param>
/// <param name="End">First RVA behind it.</param>
/// <param name="Function">The function.</param>
internal sealed record FunctionRange(uint Begin, uint End, DebugFunction Function);

namespace LastRef.Symbols;

/// <summary>A function that debug data names.</summary>
/// <param name="Name">Its name as recorded.</param>
/// <param name="Entry">Where it is entered.</param>
internal sealed record DebugFunction(string Name, Rva Entry);

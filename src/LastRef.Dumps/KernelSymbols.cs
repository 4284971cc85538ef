namespace LastRef.Dumps;

/// <summary>Structures and variables of the kernel in a dump.</summary>
/// <param name="Layout">Its structures.</param>
/// <param name="Quality">How well they fit.</param>
/// <param name="Source">Where they come from, in one line.</param>
/// <param name="Find">The RVA of a variable or routine by name; null when it is not known. Only exact symbols know any.</param>
public sealed record KernelSymbols(TypeLayout Layout, SymbolQuality Quality, string Source, Func<string, Rva?> Find);

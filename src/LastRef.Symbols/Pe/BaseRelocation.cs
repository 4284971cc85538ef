namespace LastRef.Symbols;

/// <summary>A place in the image that holds an absolute address.</summary>
/// <param name="Rva">Where it is.</param>
/// <param name="Type">How wide it is.</param>
public readonly record struct BaseRelocation(Rva Rva, BaseRelocationType Type);

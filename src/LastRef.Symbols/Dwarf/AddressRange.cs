namespace LastRef.Symbols;

/// <summary>Addresses at the image's own base.</summary>
/// <param name="Begin">First address.</param>
/// <param name="End">First address behind.</param>
internal sealed record AddressRange(ulong Begin, ulong End);

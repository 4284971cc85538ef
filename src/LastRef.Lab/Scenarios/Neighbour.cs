using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>A driver loaded beside the one under test (<c>--with</c>).</summary>
internal sealed record Neighbour(PeImage Image, string FileName, NeighbourRole Role);

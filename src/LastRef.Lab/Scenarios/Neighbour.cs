using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>A driver loaded beside the one under test (<c>--with</c>).</summary>
/// <param name="ServiceName">The name under which it is registered.</param>
internal sealed record Neighbour(PeImage Image, string FileName, string ServiceName, NeighbourRole Role);

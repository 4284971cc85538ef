using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>The driver under test with what the probe learned of it, and what stands beside it.</summary>
/// <param name="FileName">Base name under which it is loaded.</param>
internal sealed record Subject(PeImage Image, string FileName, DeviceProfile Profile, IReadOnlyList<Neighbour> Neighbours)
{
    /// <summary>What the driver has been seen to do so far; scenarios add to it.</summary>
    public DriverTraits Traits { get; set; }

    /// <summary>True when DriverEntry alone used up the bound of instructions: every scenario would end there, so one is enough.</summary>
    public bool EntryNeverEnds { get; set; }

    /// <summary>Names that DriverEntry gave to symbolic links and devices; the lab takes them to make it fail.</summary>
    public List<string> EntryNames { get; } = [];
}

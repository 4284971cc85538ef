using LastRef.Nt;

namespace LastRef;

/// <summary>A node of the device tree of a surveyed machine.</summary>
/// <param name="Depth">0 for the root.</param>
/// <param name="State">By its name in the build's enumeration; its number when it has none.</param>
public sealed record SurveyedNode(
    VirtualAddress Address, int Depth, VirtualAddress PhysicalDevice, string InstancePath, string ServiceName, string State, uint Flags, uint Problem)
{
    /// <summary>DNUF_*.</summary>
    public DeviceNodeUserFlags UserFlags { get; init; }
}

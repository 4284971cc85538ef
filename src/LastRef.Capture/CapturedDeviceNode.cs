using LastRef.Nt;

namespace LastRef;

/// <summary>A device in the PnP manager's tree.</summary>
/// <param name="State">The state's name in this build's enumeration; its number when it has none (U-1.55, U-1.56).</param>
/// <param name="Problem">CM_PROB_*; zero when none.</param>
public sealed record CapturedDeviceNode(
    VirtualAddress Address, VirtualAddress PhysicalDevice, string InstancePath, string ServiceName, string State, uint Problem)
{
    /// <summary>DNUF_* (U-1.58).</summary>
    public DeviceNodeUserFlags UserFlags { get; init; }

    /// <summary>The devnode above it; null at the root.</summary>
    public VirtualAddress Parent { get; init; }
}

namespace LastRef;

/// <summary>Objects that a pool scan found.</summary>
internal sealed class PoolFindings
{
    public HashSet<VirtualAddress> Drivers { get; } = [];

    public HashSet<VirtualAddress> Devices { get; } = [];

    public HashSet<VirtualAddress> Files { get; } = [];

    public HashSet<VirtualAddress> Irps { get; } = [];

    public HashSet<VirtualAddress> WorkItems { get; } = [];

    /// <summary>Most objects of a kind: a hostile dump can consist of nothing but headers.</summary>
    public int Limit(int listLimit) => Drivers.Count + Devices.Count + Files.Count + Irps.Count + WorkItems.Count < 8 * listLimit ? listLimit : 0;
}

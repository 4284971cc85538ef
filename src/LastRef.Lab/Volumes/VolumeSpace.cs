using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>The room that files of the system volume may take in the lab: a bound of ours, so filling it stops the run and is not "disk full".</summary>
internal sealed class VolumeSpace
{
    public const int ClusterBytes = 4096;
    private const int ClusterLimit = 64 * 1024 * 1024 / ClusterBytes;
    private static readonly byte[] _zeros = new byte[ClusterBytes];
    private int _used;

    public static ReadOnlySpan<byte> Zeros => _zeros;

    public int UsedClusters => _used;

    public void Take()
    {
        if (++_used > ClusterLimit)
            throw MachineStopException.Unsupported(UnsupportedKind.Limit, "more than 64 MiB written to the system volume");
    }

    public void Return() => _used--;
}

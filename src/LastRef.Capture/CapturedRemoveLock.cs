namespace LastRef;

/// <summary>A remove lock in a device extension, found by the driver's own symbols.</summary>
/// <param name="Device">The device whose extension it lies in.</param>
/// <param name="Field">Type and field, such as <c>FDO_EXTENSION.RemoveLock</c>.</param>
/// <param name="IsRemoved">True once IoReleaseRemoveLockAndWait was called for it.</param>
/// <param name="Acquisitions">Those that were not given back.</param>
public sealed record CapturedRemoveLock(VirtualAddress Address, VirtualAddress Device, string Field, bool IsRemoved, int Acquisitions)
{
    /// <summary>Who has acquired it, as the lock of a checked build keeps it; empty for the lock of a free build.</summary>
    public IReadOnlyList<CapturedLockTag> Tags { get; init; } = [];
}

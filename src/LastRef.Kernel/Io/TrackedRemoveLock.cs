namespace LastRef.Kernel;

/// <summary>A remove lock with those who have acquired it, oldest first.</summary>
/// <param name="MaxLocked100ns">How long an acquisition may last; 0 for any time.</param>
/// <param name="HighWatermark">How many there may be at once; 0 for any number.</param>
/// <param name="IsChecked">True for the form that drivers of checked builds use.</param>
internal sealed record TrackedRemoveLock(long MaxLocked100ns, uint HighWatermark, bool IsChecked)
{
    public List<RemoveLockHold> Held { get; } = [];
}

namespace LastRef.Cpu;

/// <summary>The guest asked for more frames than its bound; the run cannot go on, but nothing was changed.</summary>
public sealed class GuestMemoryExhaustedException(long maximumPages)
    : Exception($"The guest needs more than its bound of {maximumPages} pages of memory.")
{
    /// <summary>The bound, in pages of 4,096 bytes.</summary>
    public long MaximumPages { get; } = maximumPages;
}

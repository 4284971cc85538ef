using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>A section whose memory is the paging file's, which in the lab is memory like any other.</summary>
/// <param name="Backing">A range of system addresses that no driver is told, over the section's pages.</param>
/// <param name="Attributes">SEC_* as given.</param>
internal sealed record Section(VirtualAddress Backing, ulong ByteCount, uint Attributes)
{
    /// <summary>How many views there are; the memory stays until the last of them and the object are gone.</summary>
    public int Views { get; set; }

    public bool IsDeleted { get; set; }
}

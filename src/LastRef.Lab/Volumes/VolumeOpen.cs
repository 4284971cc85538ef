namespace LastRef.Lab;

/// <summary>What one file object of the system volume knows beside the file.</summary>
internal sealed class VolumeOpen(VolumeFile file, uint access)
{
    public VolumeFile File => file;

    /// <summary>Rights of the open, as FILE_* and standard rights.</summary>
    public uint Access => access;

    public bool DeleteOnClose { get; set; }

    /// <summary>True once CLEANUP came.</summary>
    public bool IsCleanedUp { get; set; }

    /// <summary>The pattern of a directory listing, in upper case; null before the first query.</summary>
    public string? Pattern { get; set; }

    /// <summary>What the listing still has to tell.</summary>
    public Queue<VolumeEntry> Listing { get; set; } = new();
}

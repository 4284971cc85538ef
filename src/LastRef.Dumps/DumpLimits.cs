namespace LastRef.Dumps;

/// <summary>How much of a hostile dump is read before it is refused or cut off.</summary>
public sealed record DumpLimits
{
    /// <summary>The limits used when a caller gives none.</summary>
    public static DumpLimits Default { get; } = new();

    /// <summary>Most runs of physical pages; a header of 2^60 runs is refused.</summary>
    public int Runs { get; init; } = 1 << 20;

    /// <summary>Most bits of a page bitmap: 8 TB of physical memory.</summary>
    public long BitmapBits { get; init; } = 1L << 31;

    /// <summary>Most data blocks of a triage dump.</summary>
    public int TriageBlocks { get; init; } = 1 << 18;

    /// <summary>Most loaded or unloaded modules listed.</summary>
    public int Modules { get; init; } = 4096;

    /// <summary>Longest name, in characters (UNICODE_STRING holds no more).</summary>
    public int NameCharacters { get; init; } = 32767;

    /// <summary>Bytes of the file that are kept in memory.</summary>
    public int CacheBytes { get; init; } = 32 << 20;

    /// <summary>Most pages looked at while the kernel is sought by its content.</summary>
    public int SearchPages { get; init; } = 1 << 20;

    /// <summary>Most page-table entries visited by one walk over the address space.</summary>
    public long TableEntries { get; init; } = 1L << 28;
}

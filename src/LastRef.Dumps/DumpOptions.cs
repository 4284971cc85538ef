using LastRef.Symbols;

namespace LastRef.Dumps;

/// <summary>What a person says about a dump beside its name.</summary>
public sealed record DumpOptions
{
    public static DumpOptions Default { get; } = new();

    public DumpLimits Limits { get; init; } = DumpLimits.Default;

    /// <summary>CR3 to start from; needed for raw images in which none is found. It wins over the header's.</summary>
    public ulong? DirectoryTableBase { get; init; }

    /// <summary>Finds the structures and symbols of the kernel in the dump; null uses only what LastRef carries.</summary>
    public IKernelSymbolSource? Symbols { get; init; }
}

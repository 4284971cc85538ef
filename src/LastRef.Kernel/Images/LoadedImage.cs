using LastRef.Symbols;

namespace LastRef.Kernel;

/// <summary>An image in the machine's memory.</summary>
/// <param name="FileName">Base name as it stands in the loader entry, such as <c>toaster.sys</c>.</param>
/// <param name="Pe">The parsed file; null for the kernel's own images, which the lab makes.</param>
/// <param name="LoaderEntry">Its KLDR_DATA_TABLE_ENTRY.</param>
internal sealed record LoadedImage(
    string FileName, PeImage? Pe, VirtualAddress Base, uint ByteCount, VirtualAddress LoaderEntry)
{
    public bool IsDriver => Pe is not null;

    /// <summary>Other driver images that this one imports from; each holds one load count (U-2.30).</summary>
    public List<LoadedImage> Dependencies { get; } = [];

    public bool Contains(VirtualAddress address) => address >= Base && address - Base < ByteCount;
}

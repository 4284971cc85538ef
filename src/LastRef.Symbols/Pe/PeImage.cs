using System.Buffers.Binary;

namespace LastRef.Symbols;

/// <summary>A PE image as it lies in its file; nothing in it is trusted.</summary>
/// <remarks>
/// <see cref="Parse"/> reads the headers and the section table. The directories are read when they are asked for first, and each may then
/// throw <see cref="ImageFormatException"/>. Source: "PE Format" (Microsoft).
/// </remarks>
public sealed partial class PeImage
{
    private readonly ReadOnlyMemory<byte> file;
    private readonly ImageLimits limits;

    private PeImage(ReadOnlyMemory<byte> file, string displayName, ImageLimits limits)
    {
        this.file = file;
        this.limits = limits;
        DisplayName = displayName;
    }

    /// <summary>Bytes in a page of x64 memory.</summary>
    public const uint PageSize = 0x1000;

    /// <summary>Name of the file for messages.</summary>
    public string DisplayName { get; }

    public ImageMachine Machine { get; private set; }

    public ImageFileCharacteristics Characteristics { get; private set; }

    /// <summary>True for the 64-bit header format.</summary>
    public bool IsPe32Plus { get; private set; }

    /// <summary>Address that the linker assumed.</summary>
    public ulong ImageBase { get; private set; }

    /// <summary>Bytes of address space as the header says; see <see cref="MappedSize"/>.</summary>
    public uint SizeOfImage { get; private set; }

    /// <summary>Bytes of address space in whole pages.</summary>
    public uint MappedSize => (SizeOfImage + PageSize - 1) & ~(PageSize - 1);

    /// <summary>Bytes of the file that are mapped at RVA 0.</summary>
    public uint SizeOfHeaders { get; private set; }

    /// <summary>Entry point; 0 when the image has none.</summary>
    public Rva AddressOfEntryPoint { get; private set; }

    public uint SectionAlignment { get; private set; }

    public uint FileAlignment { get; private set; }

    public ImageSubsystem Subsystem { get; private set; }

    public ImageDllCharacteristics DllCharacteristics { get; private set; }

    /// <summary>Seconds since 1970 or a hash of the build; with <see cref="SizeOfImage"/> the key of the image in a symbol store.</summary>
    public uint TimeDateStamp { get; private set; }

    /// <summary>The checksum in the header; 0 when the linker wrote none.</summary>
    public uint CheckSum { get; private set; }

    /// <summary>Sections in file order, which is also the order of their RVAs.</summary>
    public IReadOnlyList<PeSection> Sections { get; private set; } = [];

    /// <summary>The bytes of the file.</summary>
    public ReadOnlyMemory<byte> File => file;

    /// <summary>The section that covers <paramref name="rva"/>, or null (the headers, a gap, outside).</summary>
    public PeSection? FindSection(Rva rva)
    {
        var low = 0;
        var high = Sections.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var section = Sections[middle];
            if (rva < section.Rva)
                high = middle - 1;
            else if (rva >= section.End)
                low = middle + 1;
            else
                return section;
        }
        return null;
    }

    /// <summary>Reads what a mapped, not yet relocated image would hold; bytes that the file does not have are zero.</summary>
    /// <returns>False when the range leaves the image; nothing is written then.</returns>
    public bool TryRead(Rva rva, Span<byte> destination)
    {
        if ((ulong)rva.Value + (uint)destination.Length > MappedSize)
            return false;
        destination.Clear();
        CopyOverlap(destination, rva.Value, 0, file.Span[..(int)SizeOfHeaders]);
        foreach (var section in Sections)
        {
            if (section.Rva.Value >= rva.Value + (uint)destination.Length)
                break;
            CopyOverlap(destination, rva.Value, section.Rva.Value, RawBytes(section));
        }
        return true;
    }

    /// <summary>The bytes that the file has for a section and that a loader would map.</summary>
    public ReadOnlySpan<byte> RawBytes(PeSection section) =>
        file.Span.Slice((int)section.RawOffset, (int)Math.Min(section.RawSize, MappedBytes(section)));

    /// <summary>An image in memory as the loader makes it before relocation: headers at 0, each section at its RVA, the rest zero.</summary>
    /// <returns><see cref="MappedSize"/> bytes owned by the caller.</returns>
    public byte[] MapImage()
    {
        var mapped = new byte[MappedSize];
        file.Span[..(int)SizeOfHeaders].CopyTo(mapped);
        foreach (var section in Sections)
            RawBytes(section).CopyTo(mapped.AsSpan((int)section.Rva.Value));
        return mapped;
    }

    // Bytes of the last page behind VirtualSize come from the file too, as far as it goes.
    private uint MappedBytes(PeSection section) =>
        (uint)Math.Min(((ulong)section.VirtualSize + PageSize - 1) & ~(ulong)(PageSize - 1), MappedSize - section.Rva.Value);

    private static void CopyOverlap(Span<byte> destination, uint destinationRva, uint sourceRva, ReadOnlySpan<byte> source)
    {
        var from = Math.Max(destinationRva, sourceRva);
        var to = Math.Min(destinationRva + (ulong)destination.Length, sourceRva + (ulong)source.Length);
        if (from < to)
            source.Slice((int)(from - sourceRva), (int)(to - from)).CopyTo(destination[(int)(from - destinationRva)..]);
    }

    private uint ReadU32(Rva rva, string part)
    {
        Span<byte> bytes = stackalloc byte[4];
        ReadExactly(rva, bytes, part);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private void ReadExactly(Rva rva, Span<byte> destination, string part)
    {
        if (!TryRead(rva, destination))
            throw Malformed($"{part} at RVA 0x{rva} needs {destination.Length} bytes, the image ends at 0x{MappedSize:x}");
    }

    private ImageFormatException Malformed(string problem) => new(DisplayName, problem);
}

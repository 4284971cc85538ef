using System.Buffers.Binary;

namespace LastRef.Symbols;

public sealed partial class PeImage
{
    private const int RelocationDirectory = 5;
    private const int RelocationBlockHeader = 8;

    /// <summary>True when the linker threw the relocations away, so that the image can only lie at <see cref="ImageBase"/>.</summary>
    /// <remarks>An image with neither this flag nor a directory has no absolute addresses and may lie anywhere.</remarks>
    public bool RelocationsStripped => (Characteristics & ImageFileCharacteristics.RelocsStripped) != 0;

    /// <summary>Places that hold absolute addresses, in file order; padding entries are left out. Decoded while enumerating.</summary>
    /// <exception cref="ImageFormatException">While enumerating: a block is malformed or an entry lies outside the image.</exception>
    public IEnumerable<BaseRelocation> Relocations
    {
        get
        {
            const string Part = "the relocation directory";
            if (Directory(RelocationDirectory) is not { } directory)
                yield break;
            var end = (ulong)directory.Rva.Value + directory.Size;
            if (end > MappedSize)
                throw Malformed($"{Part} ends at RVA 0x{end:x}, the image ends at 0x{MappedSize:x}");
            var block = new byte[RelocationBlockHeader];
            for (ulong at = directory.Rva.Value; at + RelocationBlockHeader <= end;)
            {
                ReadExactly(new Rva((uint)at), block.AsSpan(0, RelocationBlockHeader), Part);
                var page = BinaryPrimitives.ReadUInt32LittleEndian(block);
                var size = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(4));
                // Some linkers round the directory up and leave zeros behind the last block.
                if (size == 0 && page == 0)
                    yield break;
                if (size < RelocationBlockHeader || at + size > end)
                    throw Malformed($"{Part} has a block of 0x{size:x} bytes at RVA 0x{at:x}, the directory ends at 0x{end:x}");
                if (block.Length < size)
                    block = new byte[size];
                ReadExactly(new Rva((uint)at), block.AsSpan(0, (int)size), Part);
                for (var offset = RelocationBlockHeader; offset + 2 <= size; offset += 2)
                {
                    var entry = BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(offset));
                    var type = (BaseRelocationType)(entry >> 12);
                    if (type == BaseRelocationType.Absolute)
                        continue;
                    var target = (ulong)page + (entry & 0xFFFu);
                    if (target + WidthOf(type) > MappedSize)
                        throw Malformed($"{Part} patches RVA 0x{target:x}, the image ends at 0x{MappedSize:x}");
                    yield return new BaseRelocation(new Rva((uint)target), type);
                }
                at += size;
            }
        }
    }

    /// <summary>Moves a mapped image from <see cref="ImageBase"/> to <paramref name="newBase"/>.</summary>
    /// <param name="mapped">What <see cref="MapImage"/> returned; patched in place. The ImageBase field of its header is left alone.</param>
    /// <exception cref="ImageFormatException">The relocations are stripped, malformed or of a kind that x64 does not have.</exception>
    public void ApplyRelocations(Span<byte> mapped, ulong newBase)
    {
        Invariant.Check(mapped.Length >= MappedSize, "relocations are applied to a whole mapped image");
        var delta = unchecked(newBase - ImageBase);
        if (delta == 0)
            return;
        if (RelocationsStripped)
            throw Malformed($"has no relocations and can only be loaded at 0x{ImageBase:x}");
        foreach (var (rva, type) in Relocations)
            Relocate(mapped[(int)rva.Value..], type, delta);
    }

    private static void Relocate(Span<byte> place, BaseRelocationType type, ulong delta)
    {
        unchecked
        {
            switch (type)
            {
                case BaseRelocationType.Dir64:
                    BinaryPrimitives.WriteUInt64LittleEndian(place, BinaryPrimitives.ReadUInt64LittleEndian(place) + delta);
                    break;
                case BaseRelocationType.HighLow:
                    BinaryPrimitives.WriteUInt32LittleEndian(place, BinaryPrimitives.ReadUInt32LittleEndian(place) + (uint)delta);
                    break;
                case BaseRelocationType.High:
                    BinaryPrimitives.WriteUInt16LittleEndian(
                        place, (ushort)(((uint)BinaryPrimitives.ReadUInt16LittleEndian(place) << 16) + (uint)delta >> 16));
                    break;
                default:
                    BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(place) + (uint)delta));
                    break;
            }
        }
    }

    private uint WidthOf(BaseRelocationType type) => type switch
    {
        BaseRelocationType.Dir64 => 8,
        BaseRelocationType.HighLow => 4,
        BaseRelocationType.High or BaseRelocationType.Low => 2,
        _ => throw Malformed($"the relocation directory has an entry of type {(int)type}, which x64 does not have"),
    };
}

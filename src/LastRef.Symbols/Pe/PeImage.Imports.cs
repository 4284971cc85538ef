using System.Buffers.Binary;
using System.Text;

namespace LastRef.Symbols;

public sealed partial class PeImage
{
    private const int ImportDirectory = 1;
    private const int DelayImportDirectory = 13;

    /// <summary>Modules and symbols that a loader has to bind, in file order.</summary>
    /// <exception cref="ImageFormatException">A descriptor, thunk or name leaves the image, or there are too many.</exception>
    public IReadOnlyList<ImportedModule> Imports => field ??= ReadImports();

    /// <summary>True when the image asks for delayed binding, which the kernel's loader does not offer.</summary>
    public bool HasDelayImports => Directory(DelayImportDirectory) is not null;

    private List<ImportedModule> ReadImports()
    {
        const string Part = "the import directory";
        const int DescriptorBytes = 20;
        var modules = new List<ImportedModule>();
        if (Directory(ImportDirectory) is not { } directory)
            return modules;
        var total = 0;
        Span<byte> descriptor = stackalloc byte[DescriptorBytes];
        for (ulong at = directory.Rva.Value; ; at += DescriptorBytes)
        {
            ReadExactly(new Rva((uint)at), descriptor, Part);
            var lookup = BinaryPrimitives.ReadUInt32LittleEndian(descriptor);
            var name = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[12..]);
            var slots = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[16..]);
            if (name == 0 || slots == 0)
                return modules;
            if (modules.Count == limits.ImportModules)
                throw Malformed($"{Part} names more than {limits.ImportModules} modules");
            modules.Add(new ImportedModule(
                ReadName(new Rva(name), Part), ReadThunks(lookup == 0 ? slots : lookup, slots, ref total)));
        }
    }

    private List<ImportedSymbol> ReadThunks(uint lookup, uint slots, ref int total)
    {
        const string Part = "an import lookup table";
        var width = IsPe32Plus ? 8u : 4u;
        var byOrdinal = IsPe32Plus ? 1UL << 63 : 1UL << 31;
        var symbols = new List<ImportedSymbol>();
        Span<byte> bytes = stackalloc byte[8];
        for (ulong offset = 0; ; offset += width)
        {
            bytes.Clear();
            ReadExactly(ToRva(lookup + offset, Part), bytes[..(int)width], Part);
            var thunk = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            if (thunk == 0)
                return symbols;
            if (++total > limits.Imports)
                throw Malformed($"the image imports more than {limits.Imports} symbols");
            var slot = ToRva(slots + offset, "an import address table");
            if ((ulong)slot.Value + width > MappedSize)
                throw Malformed($"an import address table runs to RVA 0x{slot}, the image ends at 0x{MappedSize:x}");
            if ((thunk & byOrdinal) != 0)
            {
                symbols.Add(new ImportedSymbol(null, (ushort)thunk, 0, slot));
                continue;
            }
            var byName = ToRva(thunk, Part);
            ReadExactly(byName, bytes[..2], Part);
            symbols.Add(new ImportedSymbol(
                ReadName(new Rva(byName.Value + 2), Part), 0, BinaryPrimitives.ReadUInt16LittleEndian(bytes), slot));
        }
    }

    private Rva ToRva(ulong value, string part) =>
        value < MappedSize
            ? new Rva((uint)value)
            : throw Malformed($"{part} points to RVA 0x{value:x}, the image ends at 0x{MappedSize:x}");

    private string ReadName(Rva rva, string part)
    {
        const int Chunk = 64;
        Span<byte> chunk = stackalloc byte[Chunk];
        var bytes = new List<byte>(Chunk);
        while (bytes.Count <= limits.NameBytes)
        {
            var at = (ulong)rva.Value + (uint)bytes.Count;
            var length = (int)Math.Min(Chunk, at < MappedSize ? MappedSize - at : 0);
            if (length == 0)
                throw Malformed($"{part} has a name at RVA 0x{rva} that runs out of the image at 0x{MappedSize:x}");
            ReadExactly(new Rva((uint)at), chunk[..length], part);
            var end = chunk[..length].IndexOf((byte)0);
            bytes.AddRange(chunk[..(end < 0 ? length : end)]);
            if (end >= 0 && bytes.Count <= limits.NameBytes)
                return Encoding.UTF8.GetString([.. bytes]);
        }
        throw Malformed($"{part} has a name at RVA 0x{rva} of more than {limits.NameBytes} bytes");
    }
}

using System.Buffers.Binary;
using LastRef.Symbols;
using Xunit;

namespace LastRef.Tests;

/// <summary>Each way to break an image gives its own line; the offsets count from the PE signature at 0x80.</summary>
public sealed class MalformedImageTests
{
    private const int Optional = 0x98;
    private const int FirstSection = Optional + 240;

    private static string Refusal(Action<byte[]> change, Action<PeImage>? use = null)
    {
        var bytes = PeBuilder.Driver().Build();
        change(bytes);
        return Assert.Throws<ImageFormatException>(() =>
        {
            var image = PeImage.Parse(bytes, "x.sys");
            use?.Invoke(image);
        }).Message;
    }

    private static Action<byte[]> U32(int offset, uint value) => bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);

    private static Action<byte[]> U16(int offset, ushort value) => bytes => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(offset), value);

    /// <summary>Writes into a directory by its RVA.</summary>
    private static Action<byte[]> At(uint rva, uint value) => bytes =>
    {
        var section = PeImage.Parse(bytes, "x.sys").FindSection(new Rva(rva))!;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan((int)(section.RawOffset + rva - section.Rva.Value)), value);
    };

    private static uint Directory(int index) => BinaryPrimitives.ReadUInt32LittleEndian(PeBuilder.Driver().Build().AsSpan(Optional + 112 + 8 * index));

    [Fact]
    public void Headers()
    {
        Assert.Equal("x.sys: the PE header announces 97 sections, the limit is 96", Refusal(U16(0x86, 97)));
        Assert.Equal("x.sys: the optional header has magic 0x107; 0x10b (32-bit) and 0x20b (64-bit) are known", Refusal(U16(Optional, 0x107)));
        Assert.Equal("x.sys: SizeOfImage is 0x7fffffff, the limit is 0x10000000", Refusal(U32(Optional + 56, 0x7FFF_FFFF)));
        Assert.Equal("x.sys: SizeOfImage is 0x0, less than the 0x400 bytes of its headers", Refusal(U32(Optional + 56, 0)));
        Assert.StartsWith("x.sys: SizeOfHeaders is 0xffffffff, the file has ", Refusal(U32(Optional + 60, 0xFFFF_FFFF)), StringComparison.Ordinal);
        Assert.Equal("x.sys: the entry point 0x8000000 is outside the image of 0x9000 bytes", Refusal(U32(Optional + 16, 0x0800_0000)));
        Assert.Equal("x.sys: section alignment 0x1001 and file alignment 0x200 do not go together", Refusal(U32(Optional + 32, 0x1001)));
    }

    [Fact]
    public void Sections()
    {
        Assert.Equal("x.sys: section .idata starts at RVA 0x1000, inside or before the one in front of it, which ends at 0x1040",
            Refusal(U32(FirstSection + 40 + 12, 0x1000)));
        Assert.Equal("x.sys: section .reloc ends at RVA 0x9001, the image ends at 0x9000", Refusal(U32(FirstSection + 6 * 40 + 8, 0x1001)));
        Assert.StartsWith("x.sys: section .text needs the file up to offset 0x80000000, it has 0x", Refusal(U32(FirstSection + 20, 0x7FFF_FE00)), StringComparison.Ordinal);
    }

    [Fact]
    public void Imports()
    {
        static void Read(PeImage image) => _ = image.Imports;
        var directory = Directory(1);
        Assert.Equal("x.sys: the import directory at RVA 0xfffffff0 needs 20 bytes, the image ends at 0x9000", Refusal(U32(Optional + 112 + 8, 0xFFFF_FFF0), Read));
        Assert.Equal("x.sys: the import directory has a name at RVA 0x9000 that runs out of the image at 0x9000", Refusal(At(directory + 12, 0x9000), Read));
        Assert.Equal("x.sys: an import lookup table points to RVA 0x9000, the image ends at 0x9000", Refusal(At(directory, 0x9000), Read));
        Assert.Equal("x.sys: an import address table points to RVA 0xffffffff, the image ends at 0x9000", Refusal(At(directory + 16, 0xFFFF_FFFF), Read));
    }

    [Fact]
    public void Relocations()
    {
        static void Read(PeImage image) => _ = image.Relocations.Count();
        var directory = Directory(5);
        Assert.Equal("x.sys: the relocation directory has a block of 0x7 bytes at RVA 0x8000, the directory ends at 0x8010", Refusal(At(directory + 4, 7), Read));
        Assert.Equal("x.sys: the relocation directory patches RVA 0x9008, the image ends at 0x9000", Refusal(At(directory, 0x9000), Read));
        Assert.Equal("x.sys: the relocation directory has an entry of type 15, which x64 does not have", Refusal(At(directory + 8, 0xF000), Read));
        Assert.Equal("x.sys: the relocation directory ends at RVA 0x100007fff, the image ends at 0x9000", Refusal(U32(Optional + 112 + 44, 0xFFFF_FFFF), Read));
    }

    [Fact]
    public void Exports()
    {
        static void Read(PeImage image) => _ = image.Exports;
        var directory = Directory(0);
        Assert.Equal("x.sys: the export directory announces 4294967295 functions and 3 names, the limit is 65536", Refusal(At(directory + 20, uint.MaxValue), Read));
        Assert.Equal("x.sys: the export directory gives name 2 to function 2 of 2", Refusal(At(directory + 20, 2), Read));
    }

    [Fact]
    public void Limits_are_one_type_and_each_can_be_lowered()
    {
        var bytes = PeBuilder.Driver().Build();
        string Refused(ImageLimits limits, Action<PeImage> use) =>
            Assert.Throws<ImageFormatException>(() => use(PeImage.Parse(bytes, "x.sys", limits))).Message;

        Assert.Equal("x.sys: the import directory names more than 1 modules", Refused(new() { ImportModules = 1 }, image => _ = image.Imports));
        Assert.Equal("x.sys: the image imports more than 2 symbols", Refused(new() { Imports = 2 }, image => _ = image.Imports));
        Assert.Equal("x.sys: the export directory announces 3 functions and 3 names, the limit is 2", Refused(new() { Exports = 2 }, image => _ = image.Exports));
        Assert.Equal("x.sys: the exception directory has 1 entries, the limit is 0", Refused(new() { RuntimeFunctions = 0 }, image => _ = image.RuntimeFunctions));
        Assert.Equal("x.sys: SizeOfImage is 0x9000, the limit is 0x8000", Refused(new() { ImageBytes = 0x8000 }, _ => { }));
        Assert.Equal("x.sys: the PE header announces 7 sections, the limit is 6", Refused(new() { Sections = 6 }, _ => { }));
        Assert.EndsWith("of more than 5 bytes", Refused(new() { NameBytes = 5 }, image => _ = image.Imports), StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_at_the_end_of_the_file_may_be_missing_and_a_section_s_own_bytes_may_not()
    {
        var bytes = PeBuilder.Driver().Build();
        var section = PeImage.Parse(bytes, "x.sys").Sections[^1];
        var end = (int)(section.RawOffset + section.VirtualSize);

        Assert.Equal(section.VirtualSize, PeImage.Parse(bytes.AsMemory(0, end), "x.sys").Sections[^1].RawSize);
        Assert.StartsWith("x.sys: section .reloc needs the file up to offset",
            Assert.Throws<ImageFormatException>(() => PeImage.Parse(bytes.AsMemory(0, end - 1), "x.sys")).Message, StringComparison.Ordinal);
    }
}

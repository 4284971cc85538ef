using System.Buffers.Binary;
using LastRef.Dumps;

namespace LastRef.Tests;

/// <summary>What is refused, in one line that names what was seen; what is cut short is used as far as it goes.</summary>
public class RefusalTests
{
    [Theory]
    [InlineData("PAGEDUMP", "32-bit kernel")]
    [InlineData("MDMP\x93\xA7\0\0", "minidump of a user-mode process")]
    [InlineData("MSCF\0\0\0\0", "cabinet")]
    [InlineData("PK\x03\x04....", "ZIP")]
    [InlineData("\x1F\x8B\b.....", "gzip")]
    [InlineData("7z\xBC\xAF\x27\x1C..", "7-Zip")]
    [InlineData("\u00FD7zXZ\0..", "xz")]
    [InlineData("\x28\xB5\x2F\xFD....", "Zstandard")]
    [InlineData("MZ......", "image")]
    [InlineData("hello wo", "neither a kernel dump")]
    public void Another_file_is_refused_by_name(string start, string expected)
    {
        var file = new byte[0x3000];
        System.Text.Encoding.Latin1.GetBytes(start).CopyTo(file, 0);
        Refused(file, expected);
    }

    [Fact]
    public void Dumps_of_other_machines_are_refused_by_name()
    {
        var builder = FormatTests.Builder();
        foreach (var (machine, name) in ((uint, string)[])[(0xAA64, "ARM64"), (0x14C, "32-bit x86"), (0x200, "Itanium"), (0x1234, "0x1234")])
        {
            builder.Machine = machine;
            Refused(builder.Full(), name);
        }
    }

    [Fact]
    public void An_encrypted_dump_is_refused_and_one_that_was_decrypted_is_read()
    {
        const int attributes = 0x1050;
        var file = FormatTests.Builder().Full();
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(attributes), 0x100);
        Refused(file, "encrypted dump");
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(attributes), 0x300);
        using var dump = FormatTests.Open(file);
        Assert.NotNull(dump.PhysicalMemory);
    }

    [Fact]
    public void Types_without_memory_or_unknown_are_refused()
    {
        Refused(new DumpBuilder().Header(3), "header only");
        Refused(new DumpBuilder().Header(42), "type 42");
        Refused([], "no dump");
        Refused(new DumpBuilder().Header(1)[..0x1000], "cut short inside the dump header");
        Refused(new DumpBuilder().Header(1), "no physical memory");
        Refused(new DumpBuilder().Header(6), "cut short before the bitmap");
        Refused([.. new DumpBuilder().Header(6), .. new byte[0x1000]], "none stands at offset 0x2000");
    }

    [Theory]
    [InlineData("full")]
    [InlineData("sdmp6")]
    [InlineData("summary")]
    [InlineData("ranges10")]
    public void A_dump_cut_short_is_used_as_far_as_it_goes_and_says_what_is_missing(string format)
    {
        var builder = FormatTests.Builder();
        builder.Fill(0x7FF);
        var whole = FormatTests.Make(builder, format);
        using var dump = FormatTests.Open(whole[..^0x1800]);
        Assert.Contains(dump.Notes, note => note.Contains("cut short: 2 of", StringComparison.Ordinal));
        var bytes = new byte[1];
        var last = format == "ranges10" ? DumpBuilder.Root >> 12 : 0x7FFUL;
        Assert.False(dump.PhysicalMemory!.TryRead(new PhysicalAddress(last << 12), bytes, out var failure));
        Assert.Equal(ReadFailure.NotInDump, failure);
        Assert.True(dump.PhysicalMemory.TryRead(new PhysicalAddress(0x310000), bytes, out _));
    }

    [Fact]
    public void A_raw_image_without_page_tables_asks_for_its_CR3()
    {
        Refused(new byte[1 << 20], "--cr3");
        var error = Assert.Throws<InputException>(() => FormatTests.Open(new byte[1 << 20], new DumpOptions { DirectoryTableBase = 0x1000 }));
        Assert.Contains("CR3 0x1000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lying_counts_are_refused_or_said()
    {
        Refused(Changed(header => BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0x88), 43)), "room for 42");
        Refused(Changed(header => BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(0xA0), 1UL << 60)), "impossible");
        using var dump = FormatTests.Open(Changed(header => BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(0x90), 1UL << 60)));
        Assert.Contains(dump.Notes, note => note.Contains("its runs of", StringComparison.Ordinal));

        var bitmap = FormatTests.Builder().Bitmap(6, "SDMP");
        BinaryPrimitives.WriteUInt64LittleEndian(bitmap.AsSpan(0x2030), 1UL << 60);
        Refused(bitmap, "the limit is");
        BinaryPrimitives.WriteUInt64LittleEndian(bitmap.AsSpan(0x2030), 1UL << 30);
        Refused(bitmap, "inside the page bitmap");

        var ranges = FormatTests.Builder().Ranges(10);
        BinaryPrimitives.WriteUInt32LittleEndian(ranges.AsSpan(0x2020), uint.MaxValue);
        Refused(ranges, "page ranges are announced");
        ranges = FormatTests.Builder().Ranges(8);
        BinaryPrimitives.WriteUInt64LittleEndian(ranges.AsSpan(0x2010), 1UL << 60);
        Refused(ranges, "contradicts itself");
    }

    private static byte[] Changed(Action<byte[]> change)
    {
        var file = FormatTests.Builder().Full();
        change(file);
        return file;
    }

    private static void Refused(byte[] file, string expected)
    {
        var error = Assert.Throws<InputException>(() => FormatTests.Open(file));
        Assert.StartsWith("test.dmp: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}

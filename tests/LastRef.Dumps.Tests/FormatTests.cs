using LastRef.Dumps;

namespace LastRef.Tests;

/// <summary>Every kind of dump, made from the specification alone, gives the same memory.</summary>
public class FormatTests
{
    private const ulong Data = 0xFFFF_8A00_0000_0000;

    public static TheoryData<string> Formats => ["full", "sdmp5", "fdmp5", "sdmp6", "swapped", "auto7", "summary", "ranges8", "ranges9", "ranges10", "raw"];

    [Theory, MemberData(nameof(Formats))]
    public void Every_format_gives_the_same_memory(string format)
    {
        var builder = Builder();
        using var dump = Open(Make(builder, format), format == "raw" ? new DumpOptions { DirectoryTableBase = DumpBuilder.Root } : null);
        Assert.DoesNotContain(dump.Notes, note => !note.StartsWith("The kernel image", StringComparison.Ordinal));
        Assert.Equal(format switch
        {
            "full" => DumpKind.Full,
            "raw" => DumpKind.Raw,
            _ when format.StartsWith("ranges", StringComparison.Ordinal) => DumpKind.Ranges,
            _ => DumpKind.Bitmap,
        }, dump.Kind);
        Assert.Equal(DumpBuilder.Root, dump.DirectoryTableBase);
        foreach (ulong page in (ulong[])[0x310, 0x311, 0x500])
        {
            var bytes = new byte[4096];
            Assert.True(dump.PhysicalMemory!.TryRead(new PhysicalAddress(page << 12), bytes, out _));
            Assert.All(bytes, value => Assert.Equal((byte)page, value));
        }

        // A read over two pages, and one that leaves what is mapped.
        var across = new byte[0x20];
        Assert.True(dump.Kernel.TryRead(new VirtualAddress(Data + 0xFF0), across, out _));
        Assert.Equal((0x10, 0x11), (across[0xF], across[0x10]));
        Assert.False(dump.Kernel.TryRead(new VirtualAddress(Data + 0x1FF0), across, out var failure));
        Assert.Equal(ReadFailure.NotMapped, failure);
        if (format != "raw")
        {
            Assert.False(dump.PhysicalMemory!.TryRead(new PhysicalAddress(0x4FF000), across, out failure));
            Assert.Equal(ReadFailure.NotInDump, failure);
            Assert.Equal(dump.PhysicalMemory.PageCount, dump.PhysicalMemory.Runs.Sum(run => (long)run.PageCount));
        }
    }

    [Fact]
    public void The_header_says_what_was_seen_and_what_was_never_written_is_not_set()
    {
        using var dump = Open(Builder().Full());
        Assert.Equal(19041, dump.Header!.Build);
        Assert.Equal(0x7Eu, dump.Header.BugCheckCode);
        Assert.True(dump.Header.KdDebuggerDataBlock.IsNull);
        Assert.Equal("", dump.Header.Comment);
        Assert.Null(dump.Header.SystemTime);
        Assert.Null(dump.DebuggerData);
        Assert.Equal(SymbolQuality.SameBuild, dump.Symbols.Quality);
    }

    [Theory]
    [InlineData(22621, SymbolQuality.Assumed)]
    [InlineData(9600, SymbolQuality.Assumed)]
    [InlineData(17763, SymbolQuality.SameBuild)]
    public void A_kernel_without_symbols_gets_the_fields_that_are_the_same_around_it(int build, SymbolQuality quality)
    {
        var builder = Builder();
        builder.Build = (uint)build;
        using var dump = Open(builder.Full());
        Assert.Equal(quality, dump.Symbols.Quality);
        Assert.Equal((NtBuild)build, dump.Kernel.Layout.Build);
        Assert.Null(dump.Symbols.Find("PsLoadedModuleList"));
        Assert.True(dump.Kernel.Layout.TryGetField("_DRIVER_OBJECT", "DriverUnload", out var field));
        Assert.Equal(0x68, field.Offset);

        // The timer table moved with every version: nothing is assumed about it.
        Assert.Equal(quality == SymbolQuality.SameBuild, dump.Kernel.Layout.TryGetField("_KPRCB", "TimerTable", out _));
    }

    [Fact]
    public void Large_pages_of_two_megabytes_and_of_one_gigabyte_are_followed()
    {
        var builder = Builder();
        builder.Entry(0xFFFF_F801_0020_0000, 2, (0x600UL << 12) | 0xE3);
        builder.Entry(0xFFFF_F802_4000_0000, 3, (0x40000UL << 12) | 0xE3);
        builder.Fill(0x634);
        builder.Fill(0x40000 + 0x3FFFF);
        using var dump = Open(builder.Bitmap(6, "SDMP"));
        Assert.Equal(0x34, dump.Kernel.ReadByte(new VirtualAddress(0xFFFF_F801_0023_4567)));
        Assert.Equal(0xFF, dump.Kernel.ReadByte(new VirtualAddress(0xFFFF_F802_7FFF_FFFF)));
        Assert.False(dump.Kernel.TryRead(new VirtualAddress(0xFFFF_F801_0020_0000), new byte[1], out var failure));
        Assert.Equal(ReadFailure.NotInDump, failure);
    }

    [Theory]
    [InlineData(0x0000_0000_0031_0880UL, ReadFailure.None)] // transition: still in memory
    [InlineData(0x0000_2000_0031_0880UL, ReadFailure.None)] // the same, with the L1TF bit mixed in
    [InlineData(0x0000_0000_0031_0890UL, ReadFailure.None)] // the same, said to be plain
    [InlineData(0x0000_1234_0000_0080UL, ReadFailure.PagedOut)]
    [InlineData(0x0000_0000_0000_0080UL, ReadFailure.NotPresent)] // demand zero
    [InlineData(0xFFFF_FFFF_0000_0400UL, ReadFailure.NotPresent)] // look in the VAD
    [InlineData(0x8A00_0000_4000_0400UL, ReadFailure.None)] // a prototype entry that is valid
    [InlineData(0x8A00_0000_4008_0400UL, ReadFailure.None)] // one in transition
    [InlineData(0x8A00_0000_4010_0400UL, ReadFailure.PagedOut)] // one in the page file
    [InlineData(0x8A00_0000_4018_0400UL, ReadFailure.PagedOut)] // one that leads to a file
    [InlineData(0x8A00_0000_7000_0400UL, ReadFailure.NotMapped)] // one that is nowhere
    [InlineData(0UL, ReadFailure.NotMapped)]
    [InlineData(0x0000_0000_0999_9063UL, ReadFailure.NotInDump)]
    public void Every_form_of_a_page_table_entry_is_told_apart(ulong entry, ReadFailure expected)
    {
        var builder = Builder();
        builder.Entry(Data + 0x10_0000, 1, entry);
        builder.Map(Data + 0x4000, 0x320);
        builder.U64(0x320, 0, 0x310063);
        builder.U64(0x320, 8, 0x310880);
        builder.U64(0x320, 16, 0x0000_4321_0000_0080);
        builder.U64(0x320, 24, 0x8A00_0000_4000_0400);
        using var dump = Open(builder.Bitmap(5, "FDMP"));
        var bytes = new byte[4];
        Assert.Equal(expected == ReadFailure.None, dump.Kernel.TryRead(new VirtualAddress(Data + 0x10_0123), bytes, out var failure));
        Assert.Equal(expected, failure);
        if (expected == ReadFailure.None)
            Assert.Equal(0x10, bytes[0]);
    }

    [Fact]
    public void Five_levels_are_found_by_the_module_list()
    {
        var builder = Builder(levels: 5);
        using var dump = Open(builder.Full());
        Assert.Equal(5, dump.PagingLevels);
        Assert.Equal(0x10, dump.Kernel.ReadByte(new VirtualAddress(Data)));
        Assert.DoesNotContain(dump.Notes, note => note.Contains("cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_tables_of_a_raw_image_are_found_by_themselves()
    {
        var builder = Builder();
        using var dump = Open(builder.Raw());
        Assert.Equal((DumpBuilder.Root, 4), (dump.DirectoryTableBase, dump.PagingLevels));
        Assert.Equal(19041, dump.Identity.Build);
        Assert.Equal(0x10, dump.Kernel.ReadByte(new VirtualAddress(Data)));
    }

    [Fact]
    public void The_kernel_of_a_raw_image_of_the_lab_is_found_with_its_module_list()
    {
        SavedMachine.Run("model-legacy.sys", "start-stop", NtBuild.Windows10_1809, machine =>
        {
            using var full = DumpFile.Open(new MemoryBytes(RoundTripTests.Save(machine)), "lab.dmp");
            var runs = full.PhysicalMemory!.Runs.ToList();
            var memory = new byte[(int)(runs[^1].FirstPage + runs[^1].PageCount) * 4096];
            foreach (var run in runs)
                Assert.True(full.PhysicalMemory.TryRead(new PhysicalAddress(run.FirstPage << 12), memory.AsSpan((int)run.FirstPage * 4096, (int)run.PageCount * 4096), out _));
            using var raw = DumpFile.Open(new MemoryBytes(memory), "lab.raw");
            Assert.Equal(DumpKind.Raw, raw.Kind);
            Assert.Equal(full.Identity, raw.Identity);
            Assert.Equal(SymbolQuality.Exact, raw.Symbols.Quality);
            Assert.Equal(full.LoadedModuleList, raw.LoadedModuleList);
            Assert.Equal(full.DebuggerData!.KernBase, raw.DebuggerData!.KernBase);
        });
    }

    [Fact]
    public void Another_address_space_of_the_dump_is_read_by_its_own_tables()
    {
        var builder = Builder();
        builder.Page(0x700);
        using var dump = Open(builder.Full());
        Assert.False(dump.AddressSpace(0x700000).TryRead(new VirtualAddress(Data), new byte[1], out var failure));
        Assert.Equal(ReadFailure.NotMapped, failure);
        Assert.True(dump.AddressSpace(DumpBuilder.Root | 5).TryRead(new VirtualAddress(Data), new byte[1], out _));
    }

    internal static DumpBuilder Builder(int levels = 4)
    {
        var builder = new DumpBuilder(levels);
        builder.Map(Data, 0x310);
        builder.Map(Data + 0x1000, 0x311);
        builder.Fill(0x310);
        builder.Fill(0x311);
        builder.Fill(0x500);

        // KUSER_SHARED_DATA and the self map, by which the tables of a raw image are found.
        builder.Map(0xFFFF_F780_0000_0000, 0x330);
        System.Text.Encoding.Unicode.GetBytes(@"C:\Windows").CopyTo(builder.Page(0x330), 0x30);
        builder.U64(0x330, 0x260, 19041);
        builder.U64(0x330, 0x268, 10UL << 32);
        builder.U64(DumpBuilder.Root >> 12, 8 * 0x1ED, DumpBuilder.Root | 0x63);
        return builder;
    }

    internal static byte[] Make(DumpBuilder builder, string format) => format switch
    {
        "full" => builder.Full(),
        "sdmp5" => builder.Bitmap(5, "SDMP"),
        "fdmp5" => builder.Bitmap(5, "FDMP"),
        "sdmp6" => builder.Bitmap(6, "SDMP"),
        "swapped" => builder.Bitmap(6, "SDMP", swapped: true),
        "auto7" => builder.Bitmap(7, "SDMP"),
        "summary" => builder.Summary(),
        "ranges8" => builder.Ranges(8),
        "ranges9" => builder.Ranges(9),
        "ranges10" => builder.Ranges(10),
        _ => builder.Raw(),
    };

    internal static Dump Open(byte[] file, DumpOptions? options = null) => DumpFile.Open(new MemoryBytes(file), "test.dmp", options);
}

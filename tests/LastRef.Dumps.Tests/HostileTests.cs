using System.Diagnostics;
using LastRef.Dumps;

namespace LastRef.Tests;

/// <summary>Dumps that lie: bounded time and memory, and a word where something was cut off.</summary>
public class HostileTests
{
    [Fact]
    public void Page_tables_that_lead_to_themselves_end_the_walk_and_say_so()
    {
        var builder = FormatTests.Builder();
        for (var entry = 0; entry < 512; entry++)
        {
            if (entry is not (0x1ED or 0x1F0))
                builder.U64(0x1AE, 8 * entry, 0x1AE063);
        }

        for (var entry = 1; entry < 0x100; entry++)
            builder.U64(DumpBuilder.Root >> 12, 8 * entry, 0x1AE063);
        using var dump = FormatTests.Open(builder.Full());
        var clock = Stopwatch.StartNew();
        var cut = "";
        var ranges = dump.Kernel.MappedRanges(default, new VirtualAddress(ulong.MaxValue), reason => cut = reason).Count();
        Assert.Contains("lead to each other", cut, StringComparison.Ordinal);
        Assert.InRange(ranges, 1, 100_000);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");

        // A translation takes its four steps and no more.
        Assert.True(dump.Kernel.TryRead(new VirtualAddress(0x0000_0080_0000_0000), new byte[8], out _));
    }

    [Fact]
    public void A_file_that_is_cut_while_it_is_read_gives_failures_and_not_a_crash()
    {
        var builder = FormatTests.Builder();
        var bytes = new MemoryBytes(builder.Full());
        using var dump = DumpFile.Open(bytes, "shrinking.dmp", new DumpOptions { Limits = new DumpLimits { CacheBytes = 0 } });
        bytes.Content = bytes.Content[..0x2000];
        Assert.False(dump.PhysicalMemory!.TryRead(new PhysicalAddress(0x500000), new byte[4096], out var failure));
        Assert.Equal(ReadFailure.NotInDump, failure);
    }

    [Fact]
    public void A_file_that_is_written_while_it_is_read_is_said()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, FormatTests.Builder().Full());
            using var dump = DumpFile.Open(path);
            Assert.DoesNotContain(dump.Notes, note => note.Contains("changed", StringComparison.Ordinal));
            using (var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                writer.SetLength(0x3000);
            Assert.Contains(dump.Notes, note => note.Contains("changed while it was read", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Runs_that_overlap_are_said_and_each_page_has_one_place()
    {
        var builder = FormatTests.Builder();
        var file = builder.Full();
        // The last run claims to begin one page below itself, where no page stands, and the first one reaches over it.
        BitConverter.TryWriteBytes(file.AsSpan(0x98 + 8), 0x1000UL);
        using var dump = FormatTests.Open(file);
        Assert.Contains(dump.Notes, note => note.Contains("overlap", StringComparison.Ordinal) || note.Contains("cut short", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_what_is_looked_at_is_read()
    {
        var builder = FormatTests.Builder();
        for (ulong page = 0x1000; page < 0x2000; page++)
            builder.Page(page);
        var file = builder.Full();
        var bytes = new MemoryBytes(file);
        using var dump = DumpFile.Open(bytes, "large.dmp");
        dump.Kernel.ReadByte(new VirtualAddress(0xFFFF_8A00_0000_0000));
        Assert.InRange(bytes.Reads, 1, 64);
    }

    [Fact]
    public void The_debuggers_block_is_decoded_when_the_kernel_keeps_it_encoded()
    {
        const ulong never = 0x1234_5678_9ABC_DE17, always = 0x0FED_CBA9_8765_4321, flag = 0xFFFF_F800_10C5_0BA0;
        var memory = new SparseTarget(TypeLayout.For(NtBuild.Windows10_2004));
        var block = new VirtualAddress(0xFFFF_F800_10C0_0B20);
        memory.Map(block, 0x1000);
        var plain = new byte[0x380];
        "KDBG"u8.CopyTo(plain.AsSpan(0x10));
        BitConverter.TryWriteBytes(plain.AsSpan(0x14), 0x380);
        BitConverter.TryWriteBytes(plain.AsSpan(0x18), 0xFFFF_F800_1000_0000UL);
        for (var offset = 0; offset < plain.Length; offset += 8)
        {
            // The steps of the decoding, backwards.
            var word = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(BitConverter.ToUInt64(plain, offset) ^ always) ^ flag;
            memory.WriteUInt64(block + offset, System.Numerics.BitOperations.RotateRight(word, (int)(never & 0x3F)) ^ never);
        }

        Assert.Null(DebuggerDataBlock.TryRead(memory, block));
        var decoded = DebuggerDataBlock.TryDecode(memory, block, never, always, new VirtualAddress(flag));
        Assert.Equal(0xFFFF_F800_1000_0000, decoded!.KernBase.Value);
    }
}

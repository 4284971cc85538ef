using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using LastRef.Symbols;
using Xunit;

namespace LastRef.Tests;

/// <summary>Mutated and truncated images and debug data: an answer or an <see cref="InputException"/>, within bounds of time and memory.</summary>
/// <remarks>2,000 mutations, 100,000 with LASTREF_NIGHTLY=1. LASTREF_SEED=n repeats mutation n alone.</remarks>
public sealed class FuzzTests
{
    private const long AllocationLimit = 256L << 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);
    private static readonly ImageLimits Limits = new() { ImageBytes = 8 << 20, DebugRecords = 1 << 20 };

    private static readonly (string Name, byte[] Image, byte[]? Pdb)[] Bases =
    [
        ("built", PeBuilder.Driver().Build(), null),
        ("gcc-coff", Fixture.Image("gcc-coff"), null),
        ("gcc-dwarf2", Fixture.Image("gcc-dwarf2"), null),
        ("gcc-dwarf4", Fixture.Image("gcc-dwarf4"), null),
        ("gcc-dwarf5", Fixture.Image("gcc-dwarf5"), null),
        ("clang-dwarf5", Fixture.Image("clang-dwarf5"), null),
        ("clang-pdb", Fixture.Image("clang-pdb"), Fixture.Pdb()),
    ];

    [Fact]
    public void A_mutated_image_or_PDB_gives_an_answer_or_one_clear_line()
    {
        if (Environment.GetEnvironmentVariable("LASTREF_SEED") is { Length: > 0 } only)
        {
            Run(int.Parse(only, CultureInfo.InvariantCulture));
            return;
        }
        var count = Environment.GetEnvironmentVariable("LASTREF_NIGHTLY") == "1" ? 100_000 : 2_000;
        var refused = 0;
        for (var seed = 0; seed < count; seed++)
        {
            if (Run(seed))
                refused++;
        }
        // Were nearly all refused at once, or none at all, the mutations would test little.
        Assert.InRange(refused, count / 20, count * 19 / 20);
    }

    [Fact]
    public void What_is_mutated_was_sound_before()
    {
        foreach (var (name, image, pdb) in Bases)
            Assert.False(Exercise(image, pdb, name), name);
    }

    [Fact]
    public void Every_truncation_of_an_image_is_refused_or_read()
    {
        foreach (var (name, image, pdb) in Bases)
        {
            for (var length = 0; length < image.Length; length += length < 0x400 ? 7 : 97)
                Exercise(image[..length], pdb, $"{name} cut to {length} bytes");
        }
    }

    [Fact]
    public void Every_truncation_of_a_PDB_is_left_out_or_read()
    {
        var (_, image, pdb) = Bases[^1];
        for (var length = 0; length < pdb!.Length; length += length < 0x400 ? 13 : 389)
            Exercise(image, pdb[..length], $"PDB cut to {length} bytes");
    }

    private static bool Run(int seed)
    {
        var random = new Random(seed);
        var (name, image, pdb) = Bases[random.Next(Bases.Length)];
        image = [.. image];
        if (pdb is null || random.Next(8) == 0)
            Mutate(image, random);
        if (pdb is not null)
            Mutate(pdb = [.. pdb], random);
        return Exercise(image, pdb, $"seed {seed} ({name}); LASTREF_SEED={seed} repeats it");
    }

    private static void Mutate(byte[] bytes, Random random)
    {
        ReadOnlySpan<uint> interesting = [0, 1, 2, 4, 0x7F, 0x80, 0xFF, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFF];
        var changes = 1 + random.Next(12);
        // Structures stand at the front of a file, and debug data at its end.
        var (from, to) = random.Next(4) switch
        {
            0 => (0x80, Math.Min(0x400, bytes.Length)),
            1 => (bytes.Length / 2, bytes.Length),
            _ => (0, bytes.Length),
        };
        for (var change = 0; change < changes; change++)
        {
            var at = random.Next(from, to - 4);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at & ~3), interesting[random.Next(interesting.Length)]);
                    break;
                case 3:
                    BinaryPrimitives.WriteUInt32LittleEndian(
                        bytes.AsSpan(at & ~3), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at & ~3)) + (uint)random.Next(-16, 17));
                    break;
                default:
                    var length = Math.Min(random.Next(1, 64), bytes.Length - at);
                    bytes.AsSpan(random.Next(bytes.Length - length), length).CopyTo(bytes.AsSpan(at));
                    break;
            }
        }
    }

    /// <returns>True when some part was refused.</returns>
    private static bool Exercise(byte[] file, byte[]? pdb, string what)
    {
        var clock = Stopwatch.StartNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var refused = false;
        try
        {
            refused = Touch(file, pdb);
        }
        catch (InputException error)
        {
            refused = true;
            Assert.True(error.Message.Length < 1000 && !error.Message.Any(char.IsControl), $"{what}: {error.Message}");
        }
        catch (Exception error)
        {
            Assert.Fail($"{what}: {error}");
        }
        Assert.True(clock.Elapsed < TimeLimit, $"{what} took {clock.Elapsed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < AllocationLimit, $"{what} allocated too much");
        return refused;
    }

    private static bool Touch(byte[] file, byte[]? pdb)
    {
        var image = PeImage.Parse(file, "fuzz.sys", Limits);
        var refused = false;
        Try(() => DriverImageCheck.FindRefusal(image));
        Try(() => image.Exports.Count);
        Try(() => image.LoadConfig);
        Try(() => image.DebugDirectory);
        Try(() =>
        {
            foreach (var function in image.RuntimeFunctions.Take(64))
                image.ReadUnwindInfo(function);
            return image.RuntimeFunctions.Count;
        });
        Try(() =>
        {
            var mapped = image.MapImage();
            image.ApplyRelocations(mapped, 0xFFFF_F800_0000_0000);
            return mapped;
        });

        var files = new MemoryFiles();
        if (pdb is not null)
            files.With("fuzz.pdb", pdb);
        var symbols = ImageSymbols.Load(image, "fuzz.sys", [], files, Limits);
        for (uint rva = 0x1000; rva < 0x1130; rva += 5)
            symbols.Find(new Rva(rva));
        symbols.Find(image.AddressOfEntryPoint);
        symbols.Find(new Rva(uint.MaxValue));
        return refused || symbols.Problems.Count > 0 || symbols.Unmatched is not null;

        void Try<T>(Func<T> read)
        {
            try
            {
                read();
            }
            catch (InputException error)
            {
                // Each part may be refused on its own; the others still have to hold.
                Assert.DoesNotContain(error.Message, char.IsControl);
                refused = true;
            }
        }
    }
}

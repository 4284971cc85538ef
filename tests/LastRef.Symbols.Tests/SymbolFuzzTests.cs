using System.Diagnostics;
using System.Globalization;
using System.Text;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>Mutated symbol files: layouts or an <see cref="InputException"/>, within a second and bounded memory.</summary>
/// <remarks>10,000 mutations, 500,000 with LASTREF_NIGHTLY=1; the dumps have as many. LASTREF_SEED=n repeats mutation n alone.</remarks>
public sealed class SymbolFuzzTests
{
    private const long AllocationLimit = 512L << 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);
    private static readonly ImageLimits Limits = new() { SymbolFileBytes = 8 << 20, DebugRecords = 1 << 20 };

    private static readonly (string Name, byte[] Content)[] Bases =
    [
        ("types.pdb", Fixture.Pdb("types")), ("small.pdb", SymbolFileTests.Pdb()), ("clang.pdb", Fixture.Pdb()), ("test.json", SymbolFileTests.Isf("plain")),
        ("test.json.gz", SymbolFileTests.Isf("gzip")), ("test.json.xz", SymbolFileTests.Isf("xz")),
    ];

    [Fact]
    public void A_mutated_symbol_file_gives_layouts_or_one_clear_line()
    {
        if (Environment.GetEnvironmentVariable("LASTREF_SEED") is { Length: > 0 } only)
        {
            Run(int.Parse(only, CultureInfo.InvariantCulture));
            return;
        }

        var count = Environment.GetEnvironmentVariable("LASTREF_NIGHTLY") == "1" ? 500_000 : 10_000;
        var refused = 0;
        for (var seed = 0; seed < count; seed++)
            refused += Run(seed) ? 1 : 0;

        // Were all refused at once, or none at all, the mutations would test little.
        Assert.InRange(refused, count / 20, count * 19 / 20);
    }

    [Fact]
    public void What_is_mutated_was_sound_before() => Assert.All(Bases, sound => Assert.False(Exercise(sound.Content, sound.Name)));

    private static bool Run(int seed)
    {
        var random = new Random(seed);
        var (name, content) = Bases[random.Next(Bases.Length)];
        content = [.. content];
        if (name == "test.json")
            MutateText(content, random);
        else
            Mutate(content, random);
        if (random.Next(16) == 0)
            content = content[..random.Next(content.Length)];

        // A machine that was busy with something else does not make a case slow three times.
        for (var attempt = 1; ; attempt++)
        {
            var clock = Stopwatch.StartNew();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var refused = Exercise(content, $"{name}, seed {seed}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < AllocationLimit, $"{name}, seed {seed}: {GC.GetAllocatedBytesForCurrentThread() - before} bytes");
            if (clock.Elapsed < TimeLimit)
                return refused;
            Assert.True(attempt < 3, $"{name}, seed {seed} took {clock.Elapsed}");
        }
    }

    private static void Mutate(byte[] content, Random random)
    {
        for (var change = random.Next(1, 12); change > 0; change--)
        {
            var at = random.Next(content.Length);
            switch (random.Next(4))
            {
                case 0:
                    content[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    content[at] = (byte)random.Next(256);
                    break;
                case 2:
                    for (var index = at; index < Math.Min(at + 4, content.Length); index++)
                        content[index] = random.Next(2) == 0 ? (byte)0xFF : (byte)0;
                    break;
                default:
                    var from = random.Next(content.Length);
                    var count = Math.Min(random.Next(1, 32), content.Length - Math.Max(at, from));
                    content.AsSpan(from, count).CopyTo(content.AsSpan(at));
                    break;
            }
        }
    }

    private static void MutateText(byte[] content, Random random)
    {
        string[] pieces = ["99999999999999999999", "-1", "null", "[]", "\"struct\"", "\"array\"", "{", "}", "\"_NODE\"", "1e9", "true", "\"\"", ","];
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var piece = Encoding.ASCII.GetBytes(pieces[random.Next(pieces.Length)]);
            piece.AsSpan(0, Math.Min(piece.Length, content.Length)).CopyTo(content.AsSpan(random.Next(Math.Max(1, content.Length - piece.Length))));
        }
    }

    /// <returns>True when the file was refused.</returns>
    private static bool Exercise(byte[] content, string name)
    {
        try
        {
            ISymbolFile file = name.Contains("pdb", StringComparison.Ordinal)
                ? PdbSymbolFile.Read(content, name, Limits)
                : IsfFile.Read(content, name, Limits);
            var structures = file.ReadStructures();
            _ = new TypeLayout(NtBuild.Windows10_2004, name, structures, file.ReadEnumerations());
            _ = file.FindSymbol("DriverEntry");
            _ = file.FindSymbol("PsTestList");
            _ = file.FindSymbol("none such");
            return false;
        }
        catch (InputException)
        {
            return true;
        }
    }
}

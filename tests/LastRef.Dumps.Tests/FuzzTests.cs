using System.Diagnostics;
using System.Globalization;
using LastRef.Dumps;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Mutated dumps: an answer, a failure of the read, or an <see cref="InputException"/>, within a second and bounded memory.</summary>
/// <remarks>10,000 mutations, 500,000 with LASTREF_NIGHTLY=1; the symbol files have as many. LASTREF_SEED=n repeats mutation n alone.</remarks>
public sealed class FuzzTests
{
    private const long AllocationLimit = 256L << 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);
    private static readonly DumpOptions Options = new() { Limits = new DumpLimits { CacheBytes = 1 << 20, SearchPages = 1 << 12 } };
    private static readonly Lazy<(string Name, byte[] Content)[]> Bases = new(Build);

    [Fact]
    public void A_mutated_dump_gives_an_answer_or_one_clear_line()
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
        Assert.InRange(refused, count / 20, count * 19 / 20);
    }

    [Fact]
    public void What_is_mutated_was_sound_before() =>
        Assert.All(Bases.Value, sound => Assert.False(Exercise(new PatchedBytes(sound.Content, sound.Content.Length, []), sound.Name)));

    private static bool Run(int seed)
    {
        var random = new Random(seed);
        var (name, content) = Bases.Value[random.Next(Bases.Value.Length)];
        var patches = new Dictionary<long, byte>();
        for (var change = random.Next(1, 12); change > 0; change--)
            Mutate(content, patches, random);
        var length = random.Next(16) == 0 ? random.Next(content.Length) : content.Length;

        // A machine that was busy with something else does not make a case slow three times.
        for (var attempt = 1; ; attempt++)
        {
            var clock = Stopwatch.StartNew();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var refused = Exercise(new PatchedBytes(content, length, patches), $"{name}, seed {seed}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < AllocationLimit, $"{name}, seed {seed}: {GC.GetAllocatedBytesForCurrentThread() - before} bytes");
            if (clock.Elapsed < TimeLimit)
                return refused;
            Assert.True(attempt < 3, $"{name}, seed {seed} took {clock.Elapsed}");
        }
    }

    private static void Mutate(byte[] content, Dictionary<long, byte> patches, Random random)
    {
        // Headers and descriptions of pages are where a change means most; the rest is page tables and data.
        var at = (long)(random.Next(4) switch { 0 => random.Next(0x100), 1 => random.Next(0xF00, 0x1060), 2 => random.Next(0x2000, 0x2200), _ => random.Next(content.Length) });
        if (at >= content.Length - 8)
            return;
        ulong[] values = [0, 1, ulong.MaxValue, 1UL << 60, 0x7FFF_FFFF_FFFF_FFFF, DumpBuilder.Root, DumpBuilder.Root | 0x63, 0xFFFF_F800_0000_1000, 0x1000];
        switch (random.Next(4))
        {
            case 0:
                patches[at] = (byte)(content[at] ^ (1 << random.Next(8)));
                break;
            case 1:
                patches[at] = (byte)random.Next(256);
                break;
            case 2:
                Put(at & ~7L, values[random.Next(values.Length)], 8);
                break;
            default:
                Put(at & ~3L, (uint)values[random.Next(values.Length)], 4);
                break;
        }

        void Put(long offset, ulong value, int bytes)
        {
            for (var index = 0; index < bytes; index++)
                patches[offset + index] = (byte)(value >> (8 * index));
        }
    }

    /// <returns>True when the dump was refused.</returns>
    private static bool Exercise(IDumpBytes bytes, string name)
    {
        try
        {
            using var dump = DumpFile.Open(bytes, name, Options);
            var page = new byte[4096];
            _ = dump.Header?.SystemTime;
            _ = dump.Header?.SystemUpTime;
            _ = dump.Header?.Comment;
            foreach (var run in dump.PhysicalMemory?.Runs.Take(200) ?? [])
                _ = dump.PhysicalMemory!.TryRead(new PhysicalAddress(run.FirstPage << 12), page, out _);
            foreach (var range in dump.Kernel.MappedRanges(default, new VirtualAddress(ulong.MaxValue), _ => { }).Take(2000))
                _ = dump.Kernel.TryRead(range.Address, page.AsSpan(0, 16), out _);
            foreach (var variable in (string[])["ObpRootDirectoryObject", "PsLoadedModuleList", "PsInitialSystemProcess", "none such"])
            {
                if (dump.Find(variable) is { } address)
                    _ = dump.Kernel.TryRead(address, page, out _);
            }

            if (dump.LoadedModuleList is { } head)
                _ = Walker.Links(new ListEntry(dump.Kernel, head), 200);
            _ = dump.AddressSpace(dump.DirectoryTableBase + 0x1000).TryRead(new VirtualAddress(0x7FF0_0000_0000), page, out _);
            return false;
        }
        catch (InputException)
        {
            return true;
        }
    }

    private static (string Name, byte[] Content)[] Build()
    {
        var bases = new List<(string, byte[])>();
        foreach (var format in (string[])["full", "sdmp6", "fdmp5", "summary", "ranges8", "ranges10", "raw"])
            bases.Add((format, FormatTests.Make(FormatTests.Builder(), format)));
        bases.Add(("five levels", FormatTests.Builder(levels: 5).Full()));
        bases.Add(("triage", TriageBuilder.Build()));
        SavedMachine.Run("model-pnp.sys", "add-start-remove", NtBuild.Windows10_2004, machine => bases.Add(("lab", RoundTripTests.Save(machine))));
        return [.. bases];
    }
}

using LastRef.Cpu;

namespace LastRef.Benchmarks;

/// <summary>Our processor beside Unicorn in one process, interleaved; medians of thread time. The goals are those of spec/cpu.md section 5.</summary>
internal static class Ratios
{
    private static readonly (string Name, ulong Turns)[] s_loops =
    [
        ("memcpy", 800), ("strlen", 500), ("hash", 1500), ("list", 600), ("fib", 3000), ("import", 30_000), ("driver", 60_000), ("priv", 100_000),
    ];

    public static void Print(int rounds)
    {
        if (!UnicornGuest.IsPresent)
        {
            Console.WriteLine("libunicorn2 is not installed: nothing to compare with");
            return;
        }

        Loops(rounds);
        RoundTrip(rounds);
        Fresh("fresh run, about 10,000 instructions", "driver", 7, 0.35, rounds);
        Fresh("cold code, each instruction once", "cold", 1, 0.40, rounds);
        Snapshot(rounds);
    }

    private static void Loops(int rounds)
    {
        double product = 1;
        Console.WriteLine("| program | ours MIPS | unicorn MIPS | ours / unicorn |");
        Console.WriteLine("|---|---|---|---|");
        foreach ((string name, ulong turns) in s_loops)
        {
            GuestProgram program = GuestProgram.Load(name);
            using var ours = new ManagedGuest(program);
            using var unicorn = new UnicornGuest(program);
            CheckEqual(ours.Run(turns / 20), unicorn.Run(turns / 20), name);
            for (int n = 0; n < 40; n++)
                ours.Run(turns / 20);
            Thread.Sleep(300);
            ours.Run(turns);
            ulong before = ours.Instructions;
            ours.Run(turns);
            double instructions = ours.Instructions - before;
            List<double> a = [], b = [];
            for (int n = 0; n < rounds; n++)
            {
                a.Add(ThreadClock.Measure(() => ours.Run(turns)));
                b.Add(ThreadClock.Measure(() => unicorn.Run(turns)));
            }

            double ratio = Median(b) / Median(a);
            product *= ratio;
            Console.WriteLine($"| {name} | {instructions * 1000 / Median(a):F0} | {instructions * 1000 / Median(b):F0} | {ratio:F2} |");
        }

        Console.WriteLine($"| geometric mean (goal 0.75) | | | {Math.Pow(product, 1.0 / s_loops.Length):F2} |");
        Console.WriteLine();
    }

    private static void RoundTrip(int rounds)
    {
        const ulong Turns = 100_000;
        GuestProgram program = GuestProgram.Load("roundtrip");
        using var ours = new ManagedGuest(program);
        using var unicorn = new UnicornGuest(program);
        for (int n = 0; n < 40; n++)
            ours.Run(Turns / 20);
        List<double> a = [], b = [];
        for (int n = 0; n < rounds; n++)
        {
            a.Add(ThreadClock.Measure(() => ours.Run(Turns)) / Turns);
            b.Add(ThreadClock.Measure(() => unicorn.Run(Turns)) / Turns);
        }

        Console.WriteLine($"import round trip: {Median(a):F1} ns, unicorn {Median(b):F1} ns, ratio {Median(a) / Median(b):F2} (goal 0.40)");
    }

    private static void Fresh(string what, string name, ulong turns, double goal, int rounds)
    {
        GuestProgram program = GuestProgram.Load(name);
        ulong instructions = 0, result = 0;
        List<double> a = [], b = [];
        for (int n = 0; n < rounds + 40; n++)
        {
            double ours = ThreadClock.Measure(() =>
            {
                using var guest = new ManagedGuest(program);
                result = guest.Run(turns);
                instructions = guest.Instructions;
            });
            double theirs = n < 40 && n % 10 != 0 ? 0 : ThreadClock.Measure(() =>
            {
                using var guest = new UnicornGuest(program);
                CheckEqual(result, guest.Run(turns), name);
            });
            if (n < 40)
                continue;
            a.Add(ours);
            b.Add(theirs);
        }

        Console.WriteLine(
            $"{what}: {instructions} instructions, {Median(a) / 1e6:F2} ms, unicorn {Median(b) / 1e6:F2} ms, ratio {Median(a) / Median(b):F2} (goal {goal:F2})");
    }

    private static void Snapshot(int rounds)
    {
        const int PageCount = 4096, Dirty = 50;
        const ulong Base = 0x10000000;
        using var memory = new GuestMemory(2 * PageCount);
        memory.Map(Base, PageCount * GuestMemory.PageSize, PageAccess.Read | PageAccess.Write);
        byte[] one = [1];
        byte[] copy = new byte[PageCount * GuestMemory.PageSize];
        for (int n = 0; n < PageCount; n++)
            memory.TryWrite(Base + (ulong)(n * GuestMemory.PageSize), one);
        List<double> a = [], b = [];
        for (int n = 0; n < (rounds * 20) + 100; n++)
        {
            double ours = ThreadClock.Measure(() =>
            {
                using MemorySnapshot snapshot = memory.TakeSnapshot();
                for (int d = 0; d < Dirty; d++)
                    memory.TryWrite(Base + (ulong)(d * 79 * GuestMemory.PageSize), one);
                memory.Restore(snapshot);
            });
            double full = n % 20 != 0 ? 0 : ThreadClock.Measure(() =>
            {
                memory.TryRead(Base, copy);
                for (int d = 0; d < Dirty; d++)
                    memory.TryWrite(Base + (ulong)(d * 79 * GuestMemory.PageSize), one);
                memory.TryWrite(Base, copy);
            });
            if (n < 100)
                continue;
            a.Add(ours);
            if (full != 0)
                b.Add(full);
        }

        Console.WriteLine(
            $"snapshot, {Dirty} first writes, restore of 16 MiB: {Median(a) / 1000:F1} us (goal 20), full copy {Median(b) / 1000:F0} us, {Median(b) / Median(a):F0} times slower (goal 50)");
    }

    private static void CheckEqual(ulong ours, ulong theirs, string name)
    {
        if (ours != theirs)
            throw new InvalidOperationException($"{name}: {ours:X} here, {theirs:X} in unicorn");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

using Iced.Intel;
using LastRef.Cpu;

namespace LastRef.Tests;

/// <summary>Random blocks with a loop and forward branches: micro-ops, plain interpreter and Unicorn agree, wherever the budget is cut.</summary>
public sealed class BlockTests(ITestOutputHelper output)
{
    private const int SlotBytes = 512;

    [Fact]
    public void Random_blocks_end_in_the_same_state_in_every_engine_and_with_every_budget()
    {
        if (Unicorn.Absence() is { } reason)
            Assert.Skip(reason);
        Report report = Compare(20261122, CampaignSize.Blocks);
        output.WriteLine(report.ToString());
        Assert.True(report.Mismatches == 0, report.ToString());
    }

    internal static int Campaign(ulong seed, long count)
    {
        Report report = Compare(seed, count);
        Console.WriteLine(report);
        return report.Mismatches == 0 ? 0 : 1;
    }

    private static Report Compare(ulong seed, long count)
    {
        var report = new Report(seed) { Cases = count };
        var generator = new CaseGenerator(seed);
        using var plain = new OurEngine(plain: true);
        using var hot = new OurEngine(plain: false);
        using var unicorn = new Unicorn();
        MachineState start = new(), ours = new(), theirs = new();
        byte[] before = new byte[Layout.DataBytes], data = new byte[Layout.DataBytes], other = new byte[Layout.DataBytes];
        for (int n = 0; n < before.Length; n++)
            before[n] = (byte)generator.Rng.Next();
        ulong slot = 0;
        for (long n = 0; n < count; n++)
        {
            if (slot + SlotBytes > Layout.CodeBytes)
            {
                slot = 0;
                unicorn.Reopen();
            }

            ulong address = Layout.Code + slot;
            slot += SlotBytes;
            List<Instruction> text = [];
            byte[] code = Build(generator, address, text);
            generator.RandomRegisters(start);
            start.Gpr[14] = (ulong)(1 + generator.Rng.Below(3));
            start.Gpr[15] = Layout.Data;
            start.Flags &= ~0x400ul;

            unicorn.WriteCode(address, code);
            before.CopyTo(unicorn.Data);
            int error = unicorn.Run(start, address, address + (ulong)code.Length - 1);
            unicorn.Store(theirs);

            RunResult result = Run(hot, start, address, code, before, long.MaxValue, ours, data);
            string? difference = result.Exit == RunExit.Exception ? null : ours.Difference(theirs, 0);
            if (result.Exit == RunExit.Halted && error != Unicorn.ErrorOk)
                difference = $"unicorn error {error}";
            else if (result.Exit == RunExit.Halted && !data.AsSpan().SequenceEqual(unicorn.Data))
                difference += " memory at " + data.AsSpan().CommonPrefixLength(unicorn.Data).ToString("X");
            if (result.Exit == RunExit.Unsupported || text.Exists(IsUnicornsFault))
            {
                foreach (Instruction i in text.Where(i => result.Exit == RunExit.Unsupported && i.IP == hot.Rip))
                    generator.Reject(i.Code);
                report.Excluded++;
                difference = null;
            }

            if (difference != null)
                report.Add($"block {n}: unicorn: {difference}; {string.Join("; ", text)}");

            // The plain interpreter must agree completely, instruction count and place included.
            ulong counted = hot.InstructionCount, rip = hot.Rip;
            ulong countBefore = plain.InstructionCount;
            RunResult second = Run(plain, start, address, code, before, long.MaxValue, theirs, other);
            string? own = ours.Difference(theirs, 0);
            if (second != result || plain.Rip != rip || own != null || !data.AsSpan().SequenceEqual(other))
                report.Add($"block {n}: plain: {result} / {second} {own}; {string.Join("; ", text)}");
            ulong length = plain.InstructionCount - countBefore;

            // Cut in one random place, and every eighth block in all places at once.
            foreach (long budget in n % 8 == 0 ? [1L, 2L, 3L] : new long[] { 1 + generator.Rng.Below((int)length + 1) })
            {
                RunResult cut = Run(hot, start, address, code, before, budget, theirs, other, (long)length);
                if (cut != result || hot.Rip != rip || ours.Difference(theirs, 0) is { } d || !data.AsSpan().SequenceEqual(other))
                    report.Add($"block {n}: cut by {budget}: {result} / {cut}; {string.Join("; ", text)}");
            }

            if (result.Exit == RunExit.Exception)
                report.Faults++;
        }

        report.Forms = generator.Counts.Count;
        return report;
    }

    /// <summary>Runs to the end in pieces of a budget; the total must be what it was in one piece, if that is given.</summary>
    private static RunResult Run(
        OurEngine engine, MachineState start, ulong address, byte[] code, byte[] before, long budget, MachineState after, byte[] data, long expected = -1)
    {
        engine.WriteCode(address, code);
        engine.WriteData(before);
        engine.Load(start, address);
        ulong first = engine.InstructionCount;
        RunResult result;
        do
        {
            ulong count = engine.InstructionCount;
            result = engine.Run(budget);
            Invariant.Check(result.Exit != RunExit.BudgetExhausted || engine.InstructionCount - count == (ulong)budget, "inexact budget");
        }
        while (result.Exit == RunExit.BudgetExhausted);
        Invariant.Check(expected < 0 || engine.InstructionCount - first == (ulong)expected, "inexact instruction count");
        engine.Store(after);
        engine.ReadData(data);
        return result;
    }

    private static byte[] Build(CaseGenerator generator, ulong address, List<Instruction> text)
    {
        Rng rng = generator.Rng;
        List<byte> code = [];
        int count = 5 + rng.Below(26);
        for (int n = 0; n < count; n++)
        {
            if (rng.OneIn(5))
            {
                // A comparison and a branch over the next instruction.
                Instruction compare = generator.NextForBlock(address + (ulong)code.Count, out byte[] compareBytes);
                text.Add(compare);
                code.AddRange(compareBytes);
                Instruction skipped = generator.NextForBlock(address + (ulong)code.Count + 2, out byte[] bytes);
                text.Add(skipped);
                code.Add((byte)(0x70 | rng.Below(16)));
                code.Add((byte)bytes.Length);
                code.AddRange(bytes);
            }
            else
            {
                text.Add(generator.NextForBlock(address + (ulong)code.Count, out byte[] bytes));
                code.AddRange(bytes);
            }
        }

        // dec r14d; jne start; hlt
        code.AddRange([0x41, 0xFF, 0xCE, 0x0F, 0x85]);
        code.AddRange(BitConverter.GetBytes(-(code.Count + 4)));
        code.Add(0xF4);
        return [.. code];
    }

    private static bool IsUnicornsFault(Instruction i) => UnicornFaults.IsSuspect(i);
}

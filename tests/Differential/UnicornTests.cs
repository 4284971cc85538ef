using Iced.Intel;
using LastRef.Cpu;

namespace LastRef.Tests;

public sealed class UnicornTests(ITestOutputHelper output)
{
    [Fact]
    public void Single_instructions_leave_the_same_state_as_in_unicorn()
    {
        if (Unicorn.Absence() is { } reason)
            Assert.Skip(reason);
        ulong seed = 20261122;
        Report report = Compare(seed, CampaignSize.Unicorn);
        output.WriteLine(report.ToString());
        Assert.True(report.Mismatches == 0, report.ToString());
        Assert.True(report.Forms > 800, $"only {report.Forms} instruction forms were reached");
    }

    /// <summary>For long runs in slices: prints the report, returns the exit code.</summary>
    internal static int Campaign(ulong seed, long count)
    {
        Report report = Compare(seed, count);
        Console.WriteLine(report);
        return report.Mismatches == 0 ? 0 : 1;
    }

    private static Report Compare(ulong seed, long count)
    {
        var report = new Report(seed);
        var generator = new CaseGenerator(seed);
        using var plain = new OurEngine(plain: true);
        using var hot = new OurEngine(plain: false);
        using var unicorn = new Unicorn();
        var test = new TestCase();
        MachineState ours = new(), theirs = new();
        byte[] data = new byte[Layout.DataBytes];
        for (int n = 0; n < data.Length; n++)
            data[n] = (byte)generator.Rng.Next();
        byte[] before = (byte[])data.Clone();
        data.CopyTo(unicorn.Data);
        plain.WriteData(data);
        hot.WriteData(data);
        byte[] code = new byte[CaseGenerator.SlotBytes];
        bool stale = false;
        for (long n = 0; n < count;)
        {
            if (generator.Next(test))
                unicorn.Reopen();
            OurEngine engine = (n & 1) == 0 ? plain : hot;
            if (stale)
            {
                plain.WriteData(before);
                hot.WriteData(before);
                before.CopyTo(unicorn.Data);
                stale = false;
            }

            Array.Fill(code, (byte)0xF4);
            test.Bytes.CopyTo(code, 0);
            engine.WriteCode(test.Address, code);
            engine.Load(test.Start, test.Address);
            RunResult result = engine.Run(100_000);
            if (result.Exit == RunExit.Unsupported)
            {
                generator.Reject(test.Instruction.Code);
                continue;
            }

            n++;
            if (UnicornFaults.Crashes(test))
            {
                engine.WriteData(before);
                report.Excluded++;
                continue;
            }

            unicorn.WriteCode(test.Address, code);
            int error = unicorn.Run(test.Start, test.Address, test.Address + (ulong)test.Bytes.Length);
            engine.Store(ours);
            unicorn.Store(theirs);
            engine.ReadData(data);
            if (UnicornFaults.Explains(test, result, ours))
            {
                stale = !data.AsSpan().SequenceEqual(before) || !unicorn.Data.SequenceEqual(before);
                report.Excluded++;
                continue;
            }

            string? difference = ours.Difference(theirs, test.UndefinedFlags);
            bool repeats = test.Instruction.HasRepPrefix || test.Instruction.HasRepnePrefix;
            if (result.Exit == RunExit.Exception)
            {
                // Unicorn stores or loads the part that still fits before it faults, and calls #DE a success: ours must be without any effect.
                stale = true;
                if (!repeats)
                    difference = null;
                if (error == Unicorn.ErrorOk && result.Vector != 0)
                    difference = $"{result}, none in unicorn;" + difference;
                if (!repeats && ours.Difference(test.Start, 0) is { } effect)
                    difference += " a fault had an effect:" + effect;
                if (!repeats && !data.AsSpan().SequenceEqual(before))
                    difference += " a fault changed memory " + FirstDifference(data, before);
                report.Faults++;
            }
            else if (error != Unicorn.ErrorOk)
            {
                difference = $"{result.Exit} / unicorn error {error};" + difference;
            }
            else if (!data.AsSpan().SequenceEqual(unicorn.Data))
            {
                difference += " memory " + FirstDifference(data, unicorn.Data);
            }

            if (difference != null)
            {
                report.Add($"case {n} {(engine == plain ? "plain" : "hot")}: {test}: {difference}");
                stale = true;
                continue;
            }

            if (!stale && !data.AsSpan().SequenceEqual(before))
            {
                // Both engines of ours go on from what this one left.
                (engine == plain ? hot : plain).WriteData(data);
                data.CopyTo(before, 0);
            }
        }

        report.Cases = count;
        report.Forms = generator.Counts.Count;
        report.Unsupported = string.Join(' ', generator.UnsupportedForms.Order());
        return report;
    }

    private static string FirstDifference(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        int at = ours.CommonPrefixLength(theirs);
        return $"at {at:X}: {Convert.ToHexString(ours.Slice(at, Math.Min(16, ours.Length - at)))} / {Convert.ToHexString(theirs.Slice(at, Math.Min(16, ours.Length - at)))}";
    }
}

using Iced.Intel;
using LastRef.Cpu;

namespace LastRef.Tests;

/// <summary>The child process: runs cases on our processor first and, when they do not fault there, on the host's.</summary>
internal static class HostOracle
{
    public static int Run(ulong seed, long count, bool trace)
    {
        var report = new Report(seed);
        var generator = new CaseGenerator(seed, withFpu: true);
        using var plain = new OurEngine(plain: true);
        using var hot = new OurEngine(plain: false);
        var host = new HostProcessor();
        var test = new TestCase();
        MachineState ours = new(), theirs = new();
        byte[] before = new byte[Layout.DataBytes], data = new byte[Layout.DataBytes];
        for (int n = 0; n < before.Length; n++)
            before[n] = (byte)generator.Rng.Next();
        before.CopyTo(host.Data);
        plain.WriteData(before);
        hot.WriteData(before);
        for (long n = 0; n < count;)
        {
            generator.Next(test);
            OurEngine engine = (n & 1) == 0 ? plain : hot;
            engine.WriteCode(test.Address, [.. test.Bytes, 0xF4]);
            engine.Load(test.Start, test.Address);
            RunResult result = engine.Run(100_000);
            if (result.Exit == RunExit.Unsupported)
            {
                generator.Reject(test.Instruction.Code);
                continue;
            }

            if (result.Exit == RunExit.Exception)
            {
                engine.WriteData(before);
                report.Excluded++;
                continue;
            }

            n++;
            if (trace)
                Console.WriteLine($"case {n}: {test}");
            engine.Store(ours);
            engine.ReadData(data);
            host.WriteCode(test.Address, test.Bytes);
            host.Run(test.Start, test.Address);
            host.Store(theirs);
            if (VendorChoices.TakeNaNs(test, ours, theirs))
                report.VendorChoices++;
            string? difference = ours.Difference(theirs, test.UndefinedFlags) + ours.FpuDifference(theirs, FpuCases.UndefinedStatus(test.Instruction));
            if (difference.Length == 0)
                difference = null;
            if (!host.Data.SequenceEqual(data))
                difference += " memory at " + host.Data.CommonPrefixLength(data).ToString("X");
            if (difference != null)
                report.Add($"case {n} {(engine == plain ? "plain" : "hot")}: {test}: {difference}");
            if (!host.Data.SequenceEqual(before))
            {
                host.Data.CopyTo(before);
                plain.WriteData(before);
                hot.WriteData(before);
            }
            else if (difference != null)
            {
                engine.WriteData(before);
            }
        }

        report.Cases = count;
        report.Forms = generator.Counts.Count;
        report.Unsupported = string.Join(' ', generator.UnsupportedForms.Order());
        Console.WriteLine(report);
        return report.Mismatches == 0 ? 0 : 1;
    }
}
